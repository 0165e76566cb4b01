"""From a reading that is recorded to a rule that fires, an incident, and its way back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pengcheng.domains.command import api as command
from pengcheng.domains.streams import api, models
from pengcheng.kernel import clock
from pengcheng.kernel.events import deliver_pending
from pengcheng.kernel.problems import Denied, Invalid
from tests.command.scenes import found, only
from tests.sensing.scenes import HILL, NOON, PIER, SYSTEM, entity, reading, record
from tests.streams.scenes import rule
from tests.support.people import context_of, holder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def city(db: None) -> Iterator[None]:
    with clock.frozen(NOON):
        found()
        yield


def blow(*values: float, minutes: float = 0, **facts: object) -> list[str]:
    taken = [record(reading(v, minutes=m + minutes, **facts)) for m, v in enumerate(values)]
    deliver_pending()
    return [each for one in taken for each in one.accepted]


def test_a_firing_names_its_observations_and_opens_an_incident_that_leads_back() -> None:
    api.save(context=SYSTEM, rule=rule(kind="rate", condition="rate > 60"))
    ids = blow(1.0, 5.0)
    (fired,) = api.firings(context=SYSTEM)
    assert fired.firing.observations == tuple(ids)
    incident = only()
    assert (incident.limit, incident.observation) == ("rule-gusts", ids[-1])
    links = command.chain(context=SYSTEM, incident_id=incident.id)
    assert [link.type for link in links if link.kind == "event"][-1] == "streams.rule.fired"
    assert any(link.id == ids[-1] for link in links)


def test_a_batch_that_is_heard_again_fires_nothing_again() -> None:
    api.save(context=SYSTEM, rule=rule(condition="value > 3", incident=False))
    blow(1.0, 5.0)
    models.Progress.objects.update(state={})  # as if the state of before had come back
    from pengcheng.domains.sensing.events import ObservationsRecorded

    rows = models.Firing.objects.all()
    (before,) = rows
    event = ObservationsRecorded(
        subject="source/tests", source="tests", provenance="measured", count=1,
        newest=before.at, first=before.observations[0], last=before.observations[0],
    )  # fmt: skip
    api.take(context=SYSTEM, event=event)
    assert list(rows) == [before]
    assert command.incidents(context=SYSTEM, query=command.contracts.IncidentQuery())[1] == 0


def test_each_entity_has_its_own_window_and_history_raises_nothing() -> None:
    from pengcheng.domains.sensing import api as sensing

    sensing.save_entities(context=SYSTEM, entities=[entity(HILL)])
    api.save(context=SYSTEM, rule=rule(kind="count", number=2, condition="average > 3"))
    record(reading(9.0, minutes=-9), reading(9.0, minutes=-8), judged=False)
    record(reading(9.0), reading(9.0, entity=HILL))
    deliver_pending()
    assert api.firings(context=SYSTEM) == ()
    blow(9.0, minutes=1)
    assert [each.entity for each in api.firings(context=SYSTEM)] == [PIER]


def test_an_area_keeps_a_rule_to_its_district() -> None:
    api.save(context=SYSTEM, rule=rule(area="440304"))
    blow(50.0)
    assert api.firings(context=SYSTEM, rule_id="gusts") == ()
    api.save(context=SYSTEM, rule=rule(area="440306"))
    blow(50.0, minutes=1)
    assert len(api.firings(context=SYSTEM, rule_id="gusts")) == 1


def test_a_change_is_a_version_and_the_same_again_is_none() -> None:
    commander = context_of(holder("commander"))
    api.save(context=commander, rule=rule())
    api.save(context=commander, rule=rule())
    api.save(context=commander, rule=rule(condition="value > 11"))
    api.switch(context=commander, rule_id="gusts", active=False)
    kept = api.versions(context=SYSTEM, rule_id="gusts")
    assert [(each.rule.version, each.rule.active) for each in kept] == [
        (3, False), (2, True), (1, True)
    ]  # fmt: skip
    assert {each.changed_by for each in kept} == {commander.actor.id}
    blow(50.0)
    assert api.firings(context=SYSTEM) == ()


def test_who_may_not_may_not_and_what_is_wrong_is_said() -> None:
    with pytest.raises(Denied):
        api.save(context=context_of(holder("official")), rule=rule())
    with pytest.raises(Invalid) as caught:
        api.save(context=SYSTEM, rule=rule(condition="value >"))
    assert caught.value.errors[0].pointer == "/condition"


def test_a_trial_on_the_past_writes_nothing_and_tells_nobody() -> None:
    blow(1.0, 12.0, 1.0, 12.0)
    (trial,) = api.trial(context=SYSTEM, rule=rule())
    assert (len(trial.readings), len(trial.firings)) == (4, 2)
    assert api.rules(context=SYSTEM) == ()
    assert models.Firing.objects.count() == 0
