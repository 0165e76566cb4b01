"""What the page that checks any file is told of licence numbers and credentials."""

from pengcheng.domains.licences import api
from pengcheng.domains.licences.web import verifying
from pengcheng.domains.signatures import api as signatures
from pengcheng.domains.signatures.contracts import Told
from pengcheng.kernel.context import Context

NUMBER = "1.2.156.3005.2."


def teach() -> None:
    signatures.teach_reader(name="licences", reader=read)


def read(context: Context, text: str) -> Told | None:
    if text.startswith(NUMBER) and len(text) <= 160:
        found = verifying.told(api.verify(context=context, number=text), context.language)
    elif text.startswith("eyJ") and "~" in text:
        check = api.check_credential(context=context, text=text)
        found = verifying.credential_told(check, context.language)
    else:
        return None
    rows = tuple((str(row["key"]), str(row["value"])) for row in found["rows"])
    return Told(title=found["title"], text=found["text"], kind=found["kind"], rows=rows)
