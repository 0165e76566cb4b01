"""What a visitor of places may type."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pengcheng.kit.maps.crs import Coordinate


class AddressForm(forms.Form):
    """One address in free text; it is sent in the body, so that it stands in no log or history."""

    address = forms.CharField(
        label=_("Address"),
        help_text=_("In Chinese, for example: 南山区科苑路15号A栋3单元1203室"),
        max_length=200,
    )


class PointForm(forms.Form):
    """A point and the system its figures are in: there is no default that fits everyone."""

    lon = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90)
    crs = forms.ChoiceField(
        label=_("Coordinate system"),
        choices=(
            ("WGS84", _("WGS-84 (satellite positioning, OpenStreetMap)")),
            ("GCJ02", _("GCJ-02 (Chinese map services)")),
            ("CGCS2000", _("CGCS2000 (government maps)")),
        ),
    )

    def point(self) -> Coordinate:
        return Coordinate(**self.cleaned_data)
