"""A licence as a sealed PDF: whole, or bound to a purpose and a taker."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pengcheng.domains.licences import api
from pengcheng.domains.licences.web.wallet import holder
from pengcheng.kernel.pace import paced
from pengcheng.kernel.web import page

MEDIA = {"pdf": "application/pdf", "ofd": "application/ofd"}


class PaperForm(forms.Form):
    """For what and whom; both stand across every page."""

    purpose = forms.CharField(label=_("Only for this purpose"), max_length=40, required=False)
    taker = forms.CharField(label=_("Given to"), max_length=40, required=False)
    form = forms.ChoiceField(
        label=pgettext_lazy("file", "Form"),
        choices=[
            ("pdf", _("PDF, for every reader")),
            ("ofd", _("OFD with an SM2 seal, for readers of the national format (in Chinese)")),
        ],
        initial="pdf",
        required=False,
        widget=forms.RadioSelect,
    )

    def clean_form(self) -> str:
        return self.cleaned_data["form"] or "pdf"


@page(permission="licences.paper.make")
@require_http_methods(["GET", "POST"])
@never_cache
@paced("copy-file")
def paper(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    context = holder(request)
    licence = api.get(context=context, licence_id=str(licence_id))
    form = PaperForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        facts = {"licence": licence, "name": licence.name.text(context.language), "form": form}
        return render(request, "licences/paper.html", facts, status=422 if form.errors else 200)
    made = api.paper(context=context, licence_id=licence.id, **form.cleaned_data)
    answer = HttpResponse(made.content, content_type=MEDIA[made.form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{licence.id}.{made.form}"'
    return answer


@page(public=True)
@require_safe
def seal_certificate(request: HttpRequest) -> HttpResponse:
    """With this a PDF reader elsewhere can check our seals."""
    told = api.seal_certificate(context=request.context)  # type: ignore[attr-defined]
    answer = HttpResponse(told, content_type="application/x-pem-file")
    answer.headers["Content-Disposition"] = 'attachment; filename="pengcheng-seal.pem"'
    return answer
