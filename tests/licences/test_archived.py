"""A closed case becomes a package of its own, is watched, and is destroyed only by two."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import bagit
import pytest
from lxml import etree
from msgspec.structs import replace
from pypdf import PdfReader

from pengcheng.domains.casework.contracts import Case, State
from pengcheng.domains.licences.api import archives as api
from pengcheng.domains.licences.contracts.archives import ArchiveQuery, ArchiveState, ArchiveStep
from pengcheng.domains.licences.models import ArchivePackageRecord
from pengcheng.domains.licences.ops import archive_reading
from pengcheng.domains.licences.rules import archives as rules
from pengcheng.kernel import audit, clock, jobs
from pengcheng.kernel.context import Actor, Context, system_context
from pengcheng.kernel.events import deliver_pending
from pengcheng.kernel.problems import Conflict, Denied, Invalid, NotFound
from tests.casework import scenes
from tests.support.people import person, signed_in

pytestmark = pytest.mark.django_db
SYSTEM = system_context("archives")
LATER = datetime(2060, 1, 2, 3, tzinfo=UTC)


def who(name: str, role: str) -> Context:
    actor = Actor(id=name, kind="official", name=f"{name}（虚构）", roles=frozenset({role}))
    return Context(actor=actor, purpose="archive.keeping")


LI, MEI = who("li", "steward"), who("mei", "supervisor")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> None:
    settings.PENGCHENG_HOME = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def closed() -> Case:
    return scenes.in_state(State.CLOSED)


@pytest.fixture
def kept(closed: Case) -> str:
    return api.pack_case(context=SYSTEM, case_id=closed.id)


def files_of(package_id: str) -> dict[str, bytes]:
    _name, content = api.take_package(context=LI, package_id=package_id)
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        members = [member for member in tar.getmembers() if member.isfile()]
        return {
            member.name.split("/", 1)[1]: tar.extractfile(member).read()  # type: ignore[union-attr]
            for member in members
        }


def test_closing_a_case_archives_it(closed: Case) -> None:
    with clock.frozen(LATER):  # the time for an appeal had to pass
        deliver_pending()
        jobs.run_pending()
    found = api.search_archive(context=LI, query=ArchiveQuery(text=closed.reference))
    assert [row.case_id for row in found.rows] == [closed.id]
    assert found.rows[0].whole


def test_the_record_is_a_pdf_that_is_made_to_be_kept(kept: str) -> None:
    content = files_of(kept).get("data/record.pdf")
    if content is None:
        pytest.skip("no Chinese font on this machine")
    pdf = PdfReader(io.BytesIO(content))
    root = pdf.trailer["/Root"]
    told = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in told
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in told
    assert root["/OutputIntents"][0].get_object()["/S"] == "/GTS_PDFA1"
    assert root["/MarkInfo"]["/Marked"]
    assert "办理过程" in pdf.pages[0].extract_text()


def test_without_a_font_it_is_archived_all_the_same(
    closed: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pengcheng.kit.letters.CHINESE", ())
    package = api.pack_case(context=SYSTEM, case_id=closed.id)
    assert "data/record.missing.txt" in files_of(package)


def test_another_archive_takes_it_over_as_e_ark(closed: Case, kept: str) -> None:
    name, content = api.take_package(context=LI, package_id=kept, form="e-ark")
    assert name == f"{closed.reference}-e-ark.tar"
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        files = {m.name.split("/", 1)[1]: tar.extractfile(m).read() for m in tar.getmembers()}
    whole = pointed(files, "METS.xml") | pointed(files, "representations/rep1/METS.xml")
    assert whole | {"METS.xml"} == set(files)
    assert "representations/rep1/data/case.json" in files
    assert "documentation/bag/manifest-sha256.txt" in files
    premis = files["metadata/preservation/premis.xml"].decode()
    assert "representations/rep1/data/case.json" in premis
    assert api.archive_package(context=LI, package_id=kept).events[-1].note == "E-ARK"


def pointed(files: dict[str, bytes], mets: str) -> set[str]:
    """What a METS points at, after size and hash of each have been compared."""
    root = etree.fromstring(files[mets])
    assert root.get("OBJID")
    folder, found = mets.removesuffix("METS.xml"), set()
    for place in root.iter("{*}FLocat", "{*}mdRef"):
        path = folder + place.get("{http://www.w3.org/1999/xlink}href")
        told = place if place.get("CHECKSUM") else place.getparent()
        assert told.get("CHECKSUM") == hashlib.sha256(files[path]).hexdigest()
        assert int(told.get("SIZE")) == len(files[path])
        found.add(path)
    return found


def test_a_case_is_archived_once(closed: Case, kept: str) -> None:
    assert api.pack_case(context=SYSTEM, case_id=closed.id) == kept
    assert ArchivePackageRecord.objects.count() == 1


def test_a_folder_left_by_a_crash_is_made_anew(
    closed: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pengcheng.domains.licences.ops.archiving.new_id", lambda: "the-same")
    name = archive_reading.name("the-same")
    from pengcheng.kit import archive

    info = archive.VersionInfo(clock.now(), "half", "x", "urn:x")
    archive_reading.store().put(name, {"half": b"done"}, info)
    assert api.pack_case(context=SYSTEM, case_id=closed.id) == "the-same"
    assert api.check_package(context=SYSTEM, package_id="the-same") == ()


def test_the_package_reads_without_this_product(closed: Case, kept: str, tmp_path: Path) -> None:
    for path, content in files_of(kept).items():
        target = tmp_path / "out" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    judge = bagit.Bag(str(tmp_path / "out"))
    judge.validate()
    assert judge.info["External-Identifier"] == closed.reference
    told = json.loads((tmp_path / "out/data/case.json").read_text("utf-8"))
    assert told["submission"]["answers"]
    journal = json.loads((tmp_path / "out/data/journal.json").read_text("utf-8"))
    assert [line["seq"] for line in journal] == list(range(1, len(journal) + 1))
    premis = (tmp_path / "out/metadata/premis.xml").read_text("utf-8")
    assert "<eventType>ingestion</eventType>" in premis
    described = (tmp_path / "out/metadata/description.xml").read_text("utf-8")
    assert f"<档号>{closed.reference}</档号>" in described


def test_a_changed_byte_is_found_and_said(kept: str) -> None:
    target = archive_reading.store().folder(archive_reading.name(kept))
    (target / "v1/content/data/case.json").write_bytes(b"{}")
    assert api.check_oldest_packages(context=SYSTEM) == 1
    found = api.archive_package(context=LI, package_id=kept)
    assert not found.row.whole
    assert found.faults == ("v1/content/data/case.json has changed",)


@pytest.mark.parametrize("missing", [True, False], ids=["missing", "changed"])
def test_a_damaged_package_is_not_given_out_and_why_is_said(kept: str, missing: bool) -> None:
    file = archive_reading.store().folder(archive_reading.name(kept)) / "v1/content/data/case.json"
    file.unlink() if missing else file.write_bytes(b"{}")
    browser = signed_in(person("archivist", roles=("steward",), kind="official"))
    answer = browser.post(f"/workbench/archives/{kept}/file/")
    assert answer.status_code == 409
    assert "已缺失或损坏" in answer.content.decode()
    told = api.archive_package(context=LI, package_id=kept)
    assert ArchiveStep.TAKEN not in {event.step for event in told.events}


def test_a_package_put_in_its_place_is_found(kept: str) -> None:
    from pengcheng.kit import archive

    store, name = archive_reading.store(), archive_reading.name(kept)
    store.remove(name)
    forged = archive.bag({"case.json": b"{}"}, info={}, tags={})
    store.put(name, forged, archive.VersionInfo(clock.now(), "x", "x", "urn:x"))
    assert (
        "not the package that was archived" in api.check_package(context=SYSTEM, package_id=kept)[0]
    )


@pytest.mark.parametrize(
    ("title", "period", "until"),
    [
        ("建筑工程施工许可证核发", "permanent", None),
        ("食品经营许可", "years-30", 2056),
        ("演示事项", "years-10", 2036),
    ],
)
def test_how_long_depends_on_what_it_was(title: str, period: str, until: int | None) -> None:
    found = rules.retention_of(title)
    after = rules.dispose_after(datetime(2026, 3, 1).date(), found)
    assert found.id == period
    assert (after.year if after else None) == until


def test_before_its_time_nothing_can_be_destroyed(kept: str) -> None:
    with pytest.raises(Conflict):
        api.archive_step(context=LI, package_id=kept, step=ArchiveStep.PROPOSED, reason="x")


def test_one_proposes_and_another_destroys(kept: str) -> None:
    with clock.frozen(LATER):
        step = {"package_id": kept, "reason": "保管期满"}
        api.archive_step(context=LI, step=ArchiveStep.PROPOSED, **step)
        with pytest.raises(Conflict):
            api.archive_step(context=LI, step=ArchiveStep.DISPOSED, **step)
        gone = api.archive_step(context=MEI, step=ArchiveStep.DISPOSED, **step)
    assert gone.row.state == ArchiveState.DISPOSED
    assert (gone.contents, gone.steps) == ((), frozenset())
    assert not archive_reading.store().folder(archive_reading.name(kept)).exists()
    assert [event.step for event in gone.events][-2:] == ["proposed", "disposed"]
    with pytest.raises(Conflict):
        api.take_package(context=LI, package_id=kept)


def test_what_is_held_is_not_destroyed(kept: str) -> None:
    step = {"package_id": kept, "reason": "诉讼保全"}
    with clock.frozen(LATER):
        api.archive_step(context=LI, step=ArchiveStep.PROPOSED, **step)
        api.archive_step(context=MEI, step=ArchiveStep.HELD, **step)
        with pytest.raises(Conflict):
            api.archive_step(context=MEI, step=ArchiveStep.DISPOSED, **step)
        api.archive_step(context=MEI, step=ArchiveStep.LET_GO, **step)
        kept_on = api.archive_step(context=MEI, step=ArchiveStep.KEPT_ON, **step)
    assert kept_on.row.state == ArchiveState.KEPT


def test_a_step_needs_its_reason(kept: str) -> None:
    with pytest.raises(Invalid):
        api.archive_step(context=LI, package_id=kept, step=ArchiveStep.HELD, reason="  ")


def test_others_do_not_get_in(kept: str) -> None:
    for role in ("official", "commander", "admin"):
        with pytest.raises(Denied):
            api.archive_package(context=who("x", role), package_id=kept)
    with pytest.raises(Denied):
        api.take_package(context=MEI, package_id=kept)


def test_nobody_reads_without_a_purpose(kept: str) -> None:
    with pytest.raises(Denied):
        api.archive_package(context=replace(LI, purpose=None), package_id=kept)


def test_taking_it_out_is_in_its_history_and_in_the_audit(closed: Case, kept: str) -> None:
    files_of(kept)
    events = api.archive_package(context=LI, package_id=kept).events
    assert (events[-1].step, events[-1].actor_id) == (ArchiveStep.TAKEN, "li")
    actions = [entry.action for entry in audit.entries(resource=f"archive/{kept}")]
    assert "licences.archive.take" in actions


def test_a_package_that_is_not_there(db: None) -> None:
    with pytest.raises(NotFound):
        api.archive_package(context=LI, package_id="none")


@pytest.mark.one_database
def test_the_pages_find_show_check_and_decide(closed: Case, kept: str) -> None:
    browser = signed_in(person("archivist", roles=("steward",), kind="official"))
    listed = browser.get("/workbench/archives/", {"q": closed.reference}).content.decode()
    assert closed.title.zh in listed
    address = f"/workbench/archives/{kept}/"
    shown = browser.get(address).content.decode()
    assert "data/case.json" in shown
    assert (
        "每个文件都与归档时一致" in browser.post(f"{address}check/", follow=True).content.decode()
    )
    assert browser.post(f"{address}held/", {"reason": ""}).status_code == 422
    held = browser.post(f"{address}held/", {"reason": "诉讼"}, follow=True).content.decode()
    assert "诉讼" in held
    taken = browser.post(f"{address}file/")
    assert taken.headers["Content-Disposition"] == f'attachment; filename="{closed.reference}.tar"'
    assert browser.get(f"{address}no-such-step/").status_code == 404
    assert "没有符合条件的档案" in browser.get("/workbench/archives/?q=zzz").content.decode()
