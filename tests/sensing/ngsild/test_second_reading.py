"""A second, independent reading of GS CIM 009 V1.9.1: what the first did not see, by clause."""

from __future__ import annotations

from pengcheng.kernel import clock
from pengcheng.kit.ngsild import terms
from tests.sensing.ngsild.conftest import Client, Receiver, vehicle
from tests.sensing.ngsild.test_forwarding import Witness

ONE = "/entities/urn:ngsi-ld:Vehicle:1"


def test_6_2_an_address_may_hold_uris_with_slashes(ngsi: Client) -> None:
    name = "http://example.org/p"
    ngsi.post("/entities", {"id": "http://a.b/e/1", "type": "http://a.b/T", name: 1})
    for slash in ("%2F", "/"):  # some servers decode the address before the broker sees it
        entity = f"/entities/http:{slash}{slash}a.b{slash}e{slash}1"
        attribute = f"/attrs/http:{slash}{slash}example.org{slash}p"
        assert ngsi.patch(entity + attribute, {"value": 2}).status == 204
        assert ngsi.get(entity, options="keyValues").json[name] == 2
        assert ngsi.get(f"/types/http:{slash}{slash}a.b{slash}T").json["entityCount"] == 1
        instance = ngsi.get(f"/temporal{entity}").json[name][0]["instanceId"]
        assert ngsi.delete(f"/temporal{entity}{attribute}/{instance}").status == 204
        assert ngsi.put(entity + attribute, {"value": 3}).status == 204
    assert ngsi.delete(entity + attribute).status == 204
    assert ngsi.post(entity, {}).status == 405


def test_4_22_an_attribute_ends_by_itself(ngsi: Client, receiver: Receiver) -> None:
    now = clock.now().replace(microsecond=0)
    told = {"notificationTrigger": ["attributeDeleted"], "entities": [{"type": "Vehicle"}]}
    told |= {"type": "Subscription", "notification": {"endpoint": {"uri": receiver.url}}}
    ngsi.post("/subscriptions", told)
    with clock.frozen(now) as time:
        ends = terms.stamp(now.replace(year=now.year + 1))
        soon = {"value": 1, "expiresAt": ends}
        ngsi.post("/entities", vehicle(a=soon, b={"value": 2, "c": soon}, d=1))
        assert set(ngsi.get(ONE).json) == {"id", "type", "a", "b", "d"}
        time.advance(seconds=366 * 86400)
        left = vehicle(b={"type": "Property", "value": 2}, d={"type": "Property", "value": 1})
        assert ngsi.get(ONE).json == left
        assert ngsi.get("/entities", type="Vehicle").json == [left]
        assert ngsi.get("/entities", q="a").json == []
        assert ngsi.loop.run_until_complete(ngsi.broker.sweep()) in {0, 1}
        assert ngsi.get(ONE).json == left
    ngsi.until(lambda: receiver.got, 60)
    assert receiver.got[0][1]["data"][0]["a"] == "urn:ngsi-ld:null"


def test_4_22_what_is_over_can_be_made_anew_and_not_changed(ngsi: Client) -> None:
    ngsi.post("/entities", vehicle(expiresAt="2020-01-01T00:00:00Z"))
    assert ngsi.patch(ONE, {"a": 1}).kind == "ResourceNotFound"
    assert ngsi.post("/entities", vehicle(a=1)).status == 201
    assert ngsi.get(ONE, options="keyValues").json == vehicle(a=1)


def test_6_3_14_the_tenant_is_told_with_errors_too(ngsi: Client) -> None:
    for path in ("/entities/urn:a:1", "/entities/none", "/nothing", "/entities"):
        assert ngsi.get(path, headers={"NGSILD_Tenant": "t"}).header("ngsild-tenant") == "t"
    ngsi.post("/entities", vehicle(), headers={"NGSILD_Tenant": "t"})
    found = ngsi.get(ONE, headers={"NGSILD_Tenant": "t"})
    assert found.headers["ngsild-tenant"] == ["t"]


def test_6_4_3_3_and_6_8_3_2_parameters_that_the_tables_name(ngsi: Client) -> None:
    ngsi.post("/entities", vehicle(a=1))
    assert ngsi.delete("/entities", attrs="b").status == 204
    assert ngsi.get(ONE).status == 200
    assert ngsi.delete("/entities", attrs="a").status == 204
    assert ngsi.get(ONE).status == 404
    more = {"lang": "en", "pick": "a", "omit": "b", "geometryProperty": "location"}
    assert ngsi.get("/csourceRegistrations", type="Vehicle", **more).json == []


def test_5_5_4_nulls_stand_in_fragments_only(ngsi: Client, receiver: Receiver) -> None:
    null = "urn:ngsi-ld:null"
    ngsi.post("/entities", vehicle())
    assert ngsi.patch(ONE, {"type": null}).kind == "BadRequestData"
    assert ngsi.post("/entities", {"id": null, "type": "Vehicle"}).kind == "BadRequestData"
    told = {"type": "Subscription", "entities": [{"type": "Vehicle"}]}
    told |= {"notification": {"endpoint": {"uri": receiver.url}}}
    assert ngsi.post("/subscriptions", {**told, "description": null}).kind == "BadRequestData"
    source = {"type": "ContextSourceRegistration", "endpoint": "http://a.b"}
    source |= {"information": [{"entities": [{"type": "Vehicle"}]}]}
    for wrong in ({"description": null}, {"scope": 5}, {"scope": "//"}, {"refreshRate": "soon"}):
        assert ngsi.post("/csourceRegistrations", source | wrong).kind == "BadRequestData"


def test_5_8_2_a_changed_subscription_still_holds(ngsi: Client, receiver: Receiver) -> None:
    name = "/subscriptions/urn:a:1"
    there = {"endpoint": {"uri": receiver.url}}
    told = {"id": "urn:a:1", "type": "Subscription", "watchedAttributes": ["a"]}
    inner = {**there, "attributes": ["a"]}
    ngsi.post("/subscriptions", {**told, "notification": inner})
    assert ngsi.patch(name, {"watchedAttributes": "urn:ngsi-ld:null"}).kind == "BadRequestData"
    assert ngsi.patch(name, {"notification": {**there, "format": "concise"}}).status == 204
    assert ngsi.get(name).json["notification"] == {**there, "format": "concise"}
    wrong = {"notification": {**there, "attributes": ["id"]}}
    assert ngsi.patch(name, wrong).kind == "BadRequestData"


def test_5_8_6_what_was_is_told_in_short_names(ngsi: Client, receiver: Receiver) -> None:
    inner = {"endpoint": {"uri": receiver.url}, "showChanges": True, "format": "concise"}
    told = {"type": "Subscription", "entities": [{"type": "Vehicle"}], "notification": inner}
    ngsi.post("/entities", vehicle(v={"vocab": "A"}, r={"objectList": ["urn:a:1"]}))
    ngsi.post("/subscriptions", {**told, "notificationTrigger": ["entityUpdated"]})
    ngsi.patch(f"{ONE}/attrs", {"v": {"vocab": "B"}, "r": {"objectList": ["urn:a:2"]}})
    ngsi.until(lambda: len(receiver.got) == 1, 60)
    first = receiver.got[0][1]["data"][0]
    assert first["v"] == {"vocab": "B", "previousVocab": "A"}
    assert first["r"]["previousObjectList"] == [{"object": "urn:a:1"}]
    ngsi.delete(f"{ONE}/attrs/v")
    ngsi.until(lambda: len(receiver.got) == 2, 60)
    gone = receiver.got[1][1]["data"][0]["v"]
    assert gone == {"vocab": "urn:ngsi-ld:null", "previousVocab": "B"}


def test_5_7_2_4_times_of_the_system_and_a_broken_filter_ask_for_too_much(ngsi: Client) -> None:
    for asked in ({"attrs": "createdAt"}, {"q": "modifiedAt>2020-01-01T00:00:00Z"}):
        assert ngsi.get("/entities", **asked).kind == "BadRequestData"
        assert ngsi.get("/entities", type="Vehicle", **asked).status == 200
        assert ngsi.delete("/entities", **asked).kind == "BadRequestData"
    assert ngsi.get("/entities", type="Vehicle", csf="a==").kind == "BadRequestData"
    ngsi.post("/entities", vehicle())
    assert ngsi.get(ONE, attrs="type").kind == "BadRequestData"


def test_4_5_23_a_link_has_the_projection_of_its_own_relationship(ngsi: Client) -> None:
    link = {"type": "Relationship", "object": "urn:a:1"}
    ngsi.post("/entities", {"id": "urn:a:1", "type": "Park", "free": 7, "big": 8})
    ngsi.post("/entities", vehicle(at=link, near=link))
    short = {"options": "keyValues", "join": "inline"}
    found = ngsi.get(ONE, pick="at{free},near{big}", **short).json
    assert found == {"at": {"free": 7}, "near": {"big": 8}}
    assert ngsi.get(ONE, pick="at{free}", **short).json == {"at": {"free": 7}}
    flat = ngsi.get(ONE, omit="at,near", options="keyValues", join="flat").json
    assert flat == [vehicle()]


def test_5_9_2_4_a_redirected_entity_must_not_be_held_here(ngsi: Client) -> None:
    ngsi.post("/entities", vehicle(a=1))
    source = {"type": "ContextSourceRegistration", "endpoint": "http://a.b", "mode": "redirect"}
    for entity, names, status in (
        ({"type": "Vehicle"}, None, 409),
        ({"type": "Vehicle"}, ["a"], 409),
        ({"type": "Vehicle"}, ["b"], 201),
        ({"type": "Vehicle", "idPattern": "^urn:x"}, None, 201),
        ({"type": "Bus"}, None, 201),
    ):
        info = {"entities": [entity]} | ({"propertyNames": names} if names else {})
        told = ngsi.post("/csourceRegistrations", {**source, "information": [info]})
        assert told.status == status
    held = {"type": "ContextSourceRegistration", "id": "urn:a:9", "endpoint": "http://a.b"}
    ngsi.post("/csourceRegistrations", {**held, "information": [{"entities": [{"type": "Q"}]}]})
    changed = ngsi.patch("/csourceRegistrations/urn:a:9", {"mode": "exclusive"})
    assert changed.kind == "BadRequestData"


def test_4_5_6_and_4_18_a_scope_that_changed_is_a_series(ngsi: Client) -> None:
    past = f"/temporal{ONE}"
    now = clock.now().replace(microsecond=0)
    with clock.frozen(now) as time:
        stamps = [terms.stamp(now)]
        ngsi.post("/entities", vehicle(a=1, scope="/A"))
        assert ngsi.get(past).json["scope"] == "/A"
        time.advance(seconds=60)
        stamps.append(terms.stamp(clock.now()))
        ngsi.post(f"{ONE}/attrs", {"scope": ["/B", "/C"]})
        time.advance(seconds=60)
        stamps.append(terms.stamp(clock.now()))
        ngsi.delete(f"{ONE}/attrs/scope")
    values = ["/A", ["/B", "/C"], "urn:ngsi-ld:null"]
    told = ngsi.get(past).json["scope"]
    assert told == [
        {"type": "Property", "value": value, "observedAt": at}
        for value, at in zip(values, stamps, strict=True)
    ]
    pairs = ngsi.get(past, format="temporalValues").json["scope"]["values"]
    assert pairs == [list(each) for each in zip(values, stamps, strict=True)]
    asked = {"type": "Vehicle", "timeproperty": "modifiedAt"}
    later = {"timerel": "after", "timeAt": stamps[1]}
    assert ngsi.get("/temporal/entities", scopeQ="/A", **asked, **later).json == []
    earlier = {"timerel": "before", "timeAt": stamps[1]}
    found = ngsi.get("/temporal/entities", scopeQ="/A", **asked, **earlier).json
    assert [each["value"] for each in found[0]["scope"]] == ["/A"]
    assert "deletedAt" in ngsi.get(past, options="sysAttrs").json["scope"][-1]


def test_c_5_16_an_entity_asked_by_scope_is_told_for_the_times_of_that_scope(
    ngsi: Client,
) -> None:
    with clock.frozen(clock.now().replace(microsecond=0)) as time:
        ngsi.post("/entities", vehicle(a=1, scope="/A"))
        for number, scope in enumerate(("/B", "/A/D", "/C"), 2):
            time.advance(seconds=60)
            told = {"a": {"value": number}, "scope": scope}
            assert ngsi.post(f"{ONE}/attrs", told).status == 204
    asked = {"type": "Vehicle", "timeproperty": "modifiedAt", "format": "temporalValues"}
    asked |= {"timerel": "after", "timeAt": "2020-01-01T00:00:00Z"}
    for scope, values in (("/A", [1]), ("/A/#", [1, 3]), ("/B,/C", [2, 4]), ("/E", None)):
        found = ngsi.get("/temporal/entities", scopeQ=scope, **asked).json
        assert [[pair[0] for pair in each["a"]["values"]] for each in found] == (
            [] if values is None else [values]
        )


def test_4_5_9_values_of_some_kinds_keep_their_wrapping(ngsi: Client) -> None:
    at = "2026-01-01T00:00:00Z"
    wrapped = {"l": {"languageMap": {"en": "x"}}, "v": {"vocab": "A"}, "j": {"json": [1]}}
    sent = {name: {**value, "observedAt": at} for name, value in wrapped.items()}
    ngsi.post("/temporal/entities", vehicle(**sent))
    found = ngsi.get(f"/temporal{ONE}", format="temporalValues").json
    assert [found["l"]["languageMaps"], found["v"]["vocabs"], found["j"]["jsons"]] == [
        [[value, at]] for value in wrapped.values()
    ]
    for wrong in ("temporalValues,aggregatedValues", "keyValues"):
        assert ngsi.get(f"/temporal{ONE}", options=wrong).kind == "InvalidRequest"
    asked = {"timerel": "after", "timeAt": at, "type": "Vehicle", "pick": "id"}
    assert ngsi.get("/temporal/entities", **asked).json == [{"id": "urn:ngsi-ld:Vehicle:1"}]


def test_4_15_languages_are_ranked_by_their_weight(ngsi: Client) -> None:
    ngsi.post("/entities", vehicle(l={"languageMap": {"en": "a", "fr-CH": "b", "@none": "c"}}))
    for asked, word in (
        *(("en;q=0.5,fr", "b"), ("FR-ch,en", "b"), ("en,fr", "a"), ("en;q=0,de", "c")),
        *(("de,*;q=0.1", "c"), ("*", "c"), ("fr;q=0.2,en;q=0.9", "a")),
    ):
        assert ngsi.get(ONE, lang=asked, options="keyValues").json["l"] == word


def test_5_3_1_each_told_entity_can_be_read_alone(ngsi: Client, receiver: Receiver) -> None:
    names = [{"a": "http://x.y/a"}, "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld"]
    told = {"type": "Subscription", "entities": [{"type": "Vehicle"}], "@context": names}
    for kind in ("application/ld+json", "application/geo+json", "application/json"):
        inner = {"endpoint": {"uri": receiver.url, "accept": kind}}
        body = {**told, "notification": inner}
        headers = {"content-type": "application/ld+json"}
        assert ngsi.post("/subscriptions", body, headers=headers).status == 201
    (address,) = ngsi.get("/jsonldContexts", kind="ImplicitlyCreated").json
    assert ngsi.get(address.removeprefix("/ngsi-ld/v1")).json["@context"] == names
    ngsi.post("/entities", vehicle(b=1))
    ngsi.until(lambda: len(receiver.got) == 3, 60)
    by_kind = {heads["Content-Type"]: (heads, body) for heads, body in receiver.got}
    assert by_kind["application/ld+json"][1]["data"][0]["@context"] == names
    assert by_kind["application/geo+json"][1]["data"]["@context"] == names
    assert address in by_kind["application/json"][0]["Link"]


def test_5_8_6_of_a_deleted_entity_only_the_time_is_told(ngsi: Client, receiver: Receiver) -> None:
    told = {"type": "Subscription", "entities": [{"type": "Vehicle"}]}
    told |= {"notification": {"endpoint": {"uri": receiver.url}}}
    ngsi.post("/subscriptions", {**told, "notificationTrigger": ["entityDeleted"]})
    ngsi.post("/entities", vehicle(a=1, scope="/A"))
    ngsi.delete(ONE)
    ngsi.until(lambda: receiver.got, 60)
    assert receiver.got[0][1]["data"][0].keys() == {"id", "type", "deletedAt"}


def test_4_3_6_4_a_request_that_comes_back_changes_nothing(ngsi: Client) -> None:
    alias = ngsi.get("/info/sourceIdentity").json["contextSourceAlias"]
    back = {"Via": f"1.1 other, 1.1 {alias}"}
    for mode in ("redirect", "inclusive"):
        source = Witness(ngsi, body=vehicle(1))
        source.register(mode=mode, operations=["redirectionOps"])
        calls: list[tuple[str, str, object]] = [
            ("POST", "/entities", vehicle(a=1)),
            ("PATCH", f"{ONE}/attrs", {"a": 1}),
            ("DELETE", ONE, None),
            ("POST", "/entityOperations/create", [vehicle(a=1)]),
        ]
        for method, path, body in calls:
            assert ngsi(method, path, body, headers=back).status == 508
        for path, status in ((ONE, 404), ("/entities?", 200)):
            asked = {"type": "Vehicle"} if path != ONE else {}
            told = ngsi.get(path.rstrip("?"), headers=back, **asked)
            assert (told.status, told.header("ngsild-warning")[:4]) == (status, "199 ")
        assert source.asked == []
        source.close()
        ngsi.delete("/csourceRegistrations/urn:ngsi-ld:ContextSourceRegistration:1")
    assert ngsi.get("/entities", local="true").json == []


def test_6_3_17_what_sources_do_wrong_is_told(ngsi: Client) -> None:
    source = Witness(ngsi, body={"id": "x"})
    source.register(mode="redirect", operations=["redirectionOps"])
    told = ngsi.get(ONE)
    assert (told.status, told.header("ngsild-warning")[:4]) == (404, "111 ")
    assert ngsi.get("/entities", type="Vehicle").header("ngsild-warning")[:4] == "111 "
    source.status = 403
    assert ngsi.get(ONE).header("ngsild-warning")[:4] == "299 "
    assert ngsi.patch(f"{ONE}/attrs", {"a": 1}).kind == "BadGateway"
    source.close()


def test_4_5_5_3_what_is_over_elsewhere_does_not_come(ngsi: Client) -> None:
    past, soon, late = (f"{year}-01-01T00:00:00Z" for year in (2020, 2090, 2099))
    a, b = {"value": 1}, {"value": 2, "expiresAt": past}
    ngsi.post("/entities", vehicle(scope="/A", expiresAt=soon))
    source = Witness(ngsi, body=vehicle(a=a, b=b, scope=["/A", "/B"], expiresAt=late))
    source.register()
    found = ngsi.get(ONE, options="sysAttrs").json
    assert (found["scope"], found["expiresAt"], "b" in found) == (["/A", "/B"], late, False)
    assert source.asked[-1][0].query["options"] == "sysAttrs"
    source.body = vehicle(a=a)
    assert "expiresAt" not in ngsi.get(ONE, options="sysAttrs").json
    source.body = vehicle(a=a, expiresAt=past)
    assert "a" not in ngsi.get(ONE).json
    source.close()


def test_4_5_1_and_4_5_2_3_what_can_be_an_attribute(ngsi: Client) -> None:
    address = {"city": "Shenzhen", "street": {"number": 1}}
    ngsi.post("/entities", vehicle(address=address, at={"value": address}))
    found = ngsi.get(ONE).json
    assert found["address"] == found["at"] == {"type": "Property", "value": address}
    assert ngsi.get(ONE, format="concise").json == vehicle(address=address, at=address)
    for wrong in (
        *({"datasetId": "urn:d:1"}, {"observedAt": "2026-01-01T00:00:00Z"}, {"lang": "en"}),
        *({"a": {"value": 1, "@context": {}}}, {"a": {}}, {"a": {"b": {"value": 1}}}),
    ):
        assert ngsi.post("/entities", {**vehicle(2), **wrong}).kind == "BadRequestData"
    link = '<http://a.b/{}>; rel="http://www.w3.org/ns/json-ld#context"'
    two = ", ".join(map(link.format, "12"))
    assert ngsi.get(ONE, headers={"link": two}).kind == "BadRequestData"


def test_4_6_3_times_are_whole_and_in_utc(ngsi: Client) -> None:
    times = ("2026-01-01T00:00:00+01:00", "2026-01-01T00:00Z", "2026-01-01T00:00:00.1234567Z")
    for wrong in times:
        body = vehicle(a={"value": 1, "observedAt": wrong})
        assert ngsi.post("/entities", body).kind == "BadRequestData"
        asked = {"type": "Vehicle", "timerel": "before", "timeAt": wrong}
        assert ngsi.get("/temporal/entities", **asked).kind == "BadRequestData"
    body = vehicle(a={"value": 1, "observedAt": "2026-01-01T00:00:00,5Z"})
    assert ngsi.post("/entities", body).status == 201


def test_4_7_1_places_are_simple_geometries(ngsi: Client) -> None:
    point = {"type": "Point", "coordinates": [1, 2]}
    both = {"type": "GeometryCollection", "geometries": [point]}
    for wrong in (
        *({"a": both}, {"a": {"type": "GeoProperty", "value": both}}, {"location": 5}),
        {"observationSpace": {"type": "Property", "value": point}},
    ):
        assert ngsi.post("/entities", vehicle(**wrong)).kind == "BadRequestData"
    for key in ("attrs", "pick", "omit"):
        body = {"type": "Query", "entities": [{"type": "Vehicle"}], key: []}
        assert ngsi.post("/entityOperations/query", body).kind == "BadRequestData"


def test_5_2_18_what_sources_did_not_update_is_told_by_attribute(ngsi: Client) -> None:
    source = Witness(ngsi, body=vehicle(1))
    told = {"entities": [{"type": "Vehicle", "id": "urn:ngsi-ld:Vehicle:1"}]}
    more = {"propertyNames": ["b"], **told}
    body = {"type": "ContextSourceRegistration", "mode": "exclusive", "endpoint": source.url}
    body |= {"id": "urn:a:1", "information": [more], "operations": ["retrieveOps"]}
    assert ngsi.post("/csourceRegistrations", body).status == 201
    ngsi.post("/entities", vehicle(a=1))
    full = "https://uri.etsi.org/ngsi-ld/default-context/"
    for method in ("PATCH", "POST"):
        found = ngsi(method, f"{ONE}/attrs", {"a": 2, "b": 2})
        assert (found.status, found.json["updated"]) == (207, [f"{full}a"])
        (missed,) = found.json["notUpdated"]
        assert (missed["attributeName"], missed["registrationId"]) == (f"{full}b", "urn:a:1")
    assert ngsi.patch(f"{ONE}/attrs/b", {"value": 2}).kind == "Conflict"
    source.close()
