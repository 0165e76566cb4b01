"""The grammar of FEEL expressions and unary tests: recursive descent, one method a rule."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from pengcheng.kit.feel.errors import FeelError, FeelSyntaxError
from pengcheng.kit.feel.syntax.cursor import TypeFinder
from pengcheng.kit.feel.syntax.names import Names
from pengcheng.kit.feel.syntax.nodes import (
    Arithmetic,
    Between,
    Call,
    Comparison,
    Filter,
    For,
    If,
    In,
    InstanceOf,
    Iterator,
    Literal,
    Logic,
    NamedCall,
    Negate,
    Node,
    Path,
    Quantified,
    UnaryTests,
)
from pengcheng.kit.feel.syntax.primary import COMPARATORS, PrimaryGrammar


def _negative(node: Node) -> Node:
    if isinstance(node, Literal) and isinstance(node.value, Decimal):
        return Literal(node.value.copy_negate() if node.value else node.value)
    return Negate(node)


Tree = TypeVar("Tree", bound=Node)
_NAME_PARTS = ".-/'+*"


class Parser(PrimaryGrammar):
    def expression(self) -> Node:
        self.deeper()
        node = self._disjunction()
        self.nesting -= 1
        return node

    def _disjunction(self) -> Node:
        node = self._conjunction()
        while self.take("or"):
            node = Logic("or", node, self._conjunction())
        return node

    def _conjunction(self) -> Node:
        node = self._comparison()
        while self.take("and"):
            node = Logic("and", node, self._comparison())
        return node

    def _comparison(self) -> Node:
        node = self.additive()
        while True:
            if self.at(*COMPARATORS):
                operator = self.token.text
                self.index += 1
                node = Comparison(operator, node, self.additive())
            elif self.take("between"):
                low = self.additive()
                self.expect("and")
                node = Between(node, low, self.additive())
            elif self.take("in"):
                node = In(node, self._in_tests())
            else:
                return node

    def _in_tests(self) -> tuple[Node, ...]:
        """One test, or several in round brackets; `(1..5)` and `(> 3)` are one."""
        if not self.at("("):
            return (self._test(self.additive),)
        start = self.index
        self.index += 1
        tests = [self._test(self.expression)]
        if self.at(".."):
            return (self.interval_from(tests[0], False),)
        while self.take(","):
            tests.append(self._test(self.expression))
        self.expect(")")
        if len(tests) == 1 and self.at(".", "[", "(", "+", "-", "*", "/", "**"):
            self.go_back(start)  # the bracket only opened an expression
            return (self.additive(),)
        return tuple(tests)

    def _test(self, otherwise: Callable[[], Node]) -> Node:
        return self.operator_range() if self.at(*COMPARATORS) else otherwise()

    def additive(self) -> Node:
        node = self._multiplicative()
        while self.at("+", "-"):
            operator = self.token.text
            self.index += 1
            node = Arithmetic(operator, node, self._multiplicative())
        return node

    def _multiplicative(self) -> Node:
        node = self._power()
        while self.at("*", "/"):
            operator = self.token.text
            self.index += 1
            node = Arithmetic(operator, node, self._power())
        return node

    def _power(self) -> Node:
        node = self._negation()
        while self.take("**"):
            node = Arithmetic("**", node, self._negation())
        return node

    def _negation(self) -> Node:
        count = 0
        while self.take("-"):
            count += 1
        node = self._instance()
        if count > 100:
            self.fail("too many signs")
        for _ in range(count):
            node = _negative(node)
        return node

    def _instance(self) -> Node:
        node = self._postfix()
        while self.at("instance") and self.peek().text == "of":
            self.index += 2
            node = InstanceOf(node, self.type_expression())
        return node

    def _postfix(self) -> Node:
        node = self.primary()
        while True:
            if self.at("("):
                node = self._call(node)
            elif self.at("."):
                node = self._path(node)
            elif self.at("["):
                filtered = self._filter(node)
                if filtered is None:
                    return node
                node = filtered
            else:
                return node

    def _path(self, base: Node) -> Node:
        self.index += 1
        if self.token.kind != "name":
            self.fail("expected a name after '.'")
        known = self.names.members.longest(self.tokens, self.index)
        if known is None:
            return Path(base, self.plain_words())
        self.index = known[1]
        return Path(base, known[0])

    def _filter(self, base: Node) -> Node | None:
        """`[1..5[` closes a range with the bracket that elsewhere opens a filter."""
        start = self.index
        outer, self.interval_ends = self.interval_ends, 0
        nesting = self.nesting
        try:
            self.index += 1
            self.names.push("item")
            condition = self.expression()
            self.expect("]")
        except FeelSyntaxError:
            if not outer:
                raise
            self.go_back(start)
            self.nesting = nesting
            return None
        finally:
            self.interval_ends = outer
            self.names.pop()
        return Filter(base, condition)

    def _call(self, callee: Node) -> Node:
        self.expect("(")
        outer, self.interval_ends = self.interval_ends, 0
        node = self._named_call(callee) if self._names_parameter() else self._plain_call(callee)
        self.interval_ends = outer
        return node

    def _plain_call(self, callee: Node) -> Node:
        args: list[Node] = []
        while not self.take(")"):
            args.append(self.element())
            if not self.at(")"):
                self.expect(",")
        return Call(callee, tuple(args))

    def _named_call(self, callee: Node) -> Node:
        args: list[tuple[str, Node]] = []
        while not self.take(")"):
            name = self.new_name(":")
            self.expect(":")
            args.append((name, self.element()))
            if not self.at(")"):
                self.expect(",")
        return NamedCall(callee, tuple(args))

    def _names_parameter(self) -> bool:
        index = self.index
        while self.tokens[index].kind in ("name", "num") or self.tokens[index].text in tuple(
            _NAME_PARTS
        ):
            index += 1
        return index > self.index and self.tokens[index].text == ":"

    def compound(self) -> Node | None:
        if self.take("if"):
            return self._if()
        if self.take("for"):
            return self._for()
        if self.at("some", "every"):
            return self._quantified()
        return None

    def _if(self) -> Node:
        condition = self.expression()
        self.expect("then")
        then = self.expression()
        self.expect("else")
        return If(condition, then, self.expression())

    def _for(self) -> Node:
        iterators = self._iterators("return")
        self.names.push("partial")
        try:
            body = self.expression()
        finally:
            for _ in range(len(iterators) + 1):
                self.names.pop()
        return For(iterators, body)

    def _quantified(self) -> Node:
        every = self.token.text == "every"
        self.index += 1
        iterators = self._iterators("satisfies")
        try:
            body = self.expression()
        finally:
            for _ in iterators:
                self.names.pop()
        return Quantified(every, iterators, body)

    def _iterators(self, stop: str) -> tuple[Iterator, ...]:
        """Each variable is in sight of the iterators after it."""
        iterators: list[Iterator] = []
        while True:
            name = self.new_name("in")
            self.expect("in")
            domain = self.expression()
            end = self.expression() if self.take("..") else None
            iterators.append(Iterator(name, domain, end))
            self.names.push(name)
            if not self.take(","):
                break
        self.expect(stop)
        return tuple(iterators)

    def unary_tests(self) -> UnaryTests:
        if self.at("-") and self.peek().kind == "end":
            self.index += 1
            return UnaryTests((), any=True)
        if self.at("not") and self.peek().text == "(":
            negated = self._negated_tests()
            if negated is not None:
                return negated
        return UnaryTests(self._test_list())

    def _negated_tests(self) -> UnaryTests | None:
        """None when `not(…)` is only the beginning of an expression."""
        start = self.index
        self.index += 2
        tests = self._test_list()
        self.expect(")")
        if self.token.kind == "end":
            return UnaryTests(tests, negated=True)
        self.go_back(start)
        return None

    def _test_list(self) -> tuple[Node, ...]:
        tests = [self._test(self.expression)]
        while self.take(","):
            tests.append(self._test(self.expression))
        return tuple(tests)

    def finish(self) -> None:
        if self.token.kind != "end":
            self.fail(f"unexpected {self.token.text!r}")


def no_types(_name: str) -> None:
    return None


def parse_expression(text: str, names: Names, find_type: TypeFinder = no_types) -> Node:
    parser = Parser(text, names, find_type)
    return _whole(parser, parser.expression)


def parse_unary_tests(text: str, names: Names, find_type: TypeFinder = no_types) -> UnaryTests:
    parser = Parser(text, names, find_type)
    return _whole(parser, parser.unary_tests)


def _whole(parser: Parser, rule: Callable[[], Tree]) -> Tree:
    try:
        node = rule()
        parser.finish()
    except FeelError as error:  # a number outside decimal128
        raise FeelSyntaxError(error.message, parser.text, parser.token.start) from error
    except RecursionError as error:
        raise FeelSyntaxError("the expression is nested too deeply", parser.text) from error
    return node
