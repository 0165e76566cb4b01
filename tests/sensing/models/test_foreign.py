"""Our field lists judged by entities that those who made the models published."""

from __future__ import annotations

from typing import Any

import pytest

from pengcheng.kit.ngsild.contexts import ActiveContext, core
from pengcheng.kit.ngsild.fitting import by_iri, models
from pengcheng.kit.ngsild.reading import Reader
from tests.sensing.models.published import PUBLISHED

pytestmark = pytest.mark.one_database


def judged(facts: dict[str, Any], context: ActiveContext) -> list[str]:
    entity = Reader(context, simplified=True).entity({"id": "urn:ngsi-ld:Example:1", **facts})
    model = by_iri()[entity["type"][0]]
    return [str(each) for each in model.whole(entity["attrs"])]


# The published list of words has "snow_ice" where this example says "snow/ice".
AT_ODDS = {"dataModel.Weather/WeatherAlert 0079f4500cdc": ["subCategory"]}
# What each published example would be with one value of another kind.
SPOILT = {
    "airQualityIndex": "moderate",
    "relativeHumidity": 54,
    "dateObserved": "yesterday",
    "address": "Madrid",
    "areaServed": 7,
    "refPointOfInterest": 28079004,
    "typeofLocation": "somewhere",
}


@pytest.mark.parametrize("source", PUBLISHED)
def test_what_was_published_as_an_example_fits(source: str) -> None:
    found = judged(PUBLISHED[source], core())
    assert [each.partition(":")[0].partition(".")[2] for each in found] == AT_ODDS.get(source, [])


@pytest.mark.parametrize("name", SPOILT)
def test_an_example_with_one_value_of_another_kind_does_not(name: str) -> None:
    example = PUBLISHED["dataModel.Environment/AirQualityObserved 1759dd6b4cee"]
    (wrong,) = judged({**example, name: SPOILT[name]}, core())
    assert wrong.startswith(f"AirQualityObserved.{name}: ")


def test_in_the_names_of_their_own_context_it_is_the_same_model() -> None:
    """IRIs as https://smartdatamodels.org/context.jsonld and dataModel.Environment give them."""
    own = "https://smartdatamodels.org/dataModel.Environment/"
    terms = {
        "AirQualityObserved": f"{own}AirQualityObserved",
        "airQualityIndex": f"{own}airQualityIndex",
        "dateObserved": "https://smartdatamodels.org/dateObserved",
    }
    facts = {"type": "AirQualityObserved", "airQualityIndex": "good", "dateObserved": "2026-11-23"}
    assert judged(facts, ActiveContext((terms,), terms)) == [
        "AirQualityObserved.airQualityIndex: a number",
        "AirQualityObserved.location: it is required",
    ]


def test_there_are_the_models_that_a_city_was_said_to_need() -> None:
    assert len(models()) == 32
    assert len(by_iri()) == 3 * 32
    assert all(each.required <= each.fields.keys() for each in models().values())
