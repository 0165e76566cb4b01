"""A case's record as a PDF that is made to be kept (PDF/A-2a): what was asked, done and decided."""

import logging

import typst

from pengcheng.domains.casework.contracts import Dossier
from pengcheng.domains.licences.ops import archive_words
from pengcheng.kernel import clock
from pengcheng.kernel.problems import Unavailable
from pengcheng.kit import letters

LOG = logging.getLogger(__name__)


def rendition(found: Dossier) -> dict[str, bytes]:
    """`record.pdf`. Where it cannot be set, the package says so and is kept all the same."""
    letter = letters.Letter(
        reference=found.case.reference,
        parts=tuple(archive_words.part(found, lang) for lang in ("zh", "en")),
        foot="Pengcheng 鹏城",
    )
    try:
        return {"record.pdf": letters.render(letter, at=clock.now())}
    except (typst.TypstError, Unavailable) as error:
        LOG.warning("no record could be set for a case: %s", type(error).__name__)
        told = "No rendition could be made; case.json and journal.json hold the record.\n"
        return {"record.missing.txt": told.encode()}
