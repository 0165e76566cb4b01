"""Every change of a licence goes on public record: its hash, and nothing that tells of a person."""

import pytest

from pengcheng.domains.ledger import api as ledger
from pengcheng.domains.ledger.models import LogEntry
from pengcheng.domains.licences import api
from pengcheng.kernel.context import system_context
from pengcheng.kernel.events import deliver_pending
from tests.licences.scenes import ANYBODY, CHEN, GROUNDS, WANG, holder, issued
from tests.support.people import person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.PENGCHENG_HOME = tmp_path


def recorded():
    deliver_pending()
    return ledger.integrate(context=system_context("tests"))


def test_each_change_is_proved_by_its_hash():
    licence = issued()
    api.revoke(context=WANG, licence_id=licence.id, **GROUNDS)
    assert recorded() == 2
    for change in api.dossier(context=CHEN, licence_id=licence.id).changes:
        found = ledger.standing(context=ANYBODY, digest=change.hash)
        assert found.proof.entry.kind == api.ON_RECORD


def test_nothing_of_the_licence_stands_in_the_log():
    licence = issued()
    recorded()
    leaf = bytes(LogEntry.objects.get().leaf).decode()
    for word in (licence.id, licence.number, licence.holder.name, licence.holder.id):
        assert word not in leaf


def test_an_event_delivered_twice_stands_there_once():
    licence = issued()
    recorded()
    (change,) = api.dossier(context=CHEN, licence_id=licence.id).changes
    assert not ledger.append(
        context=system_context("licences"), kind=api.ON_RECORD, digest=change.hash
    )


def test_the_licences_page_leads_to_the_proof():
    chen = person("chen")
    licence = issued(holder=holder(chen.id))
    recorded()
    (change,) = api.dossier(context=WANG, licence_id=licence.id).changes
    page = signed_in(chen).get(f"/licences/{licence.id}/").content.decode()
    address = f"/ledger/proof/?digest={change.hash}"
    assert address in page
    assert "已存证" in signed_in(chen).get(address).content.decode()
