"""REST of places: paged lists, points, conversion, addresses; errors as problem documents."""

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shenzhen")]
BASE = "/api/v1/places"


@pytest.fixture
def get(client):
    def get(path):
        response = client.get(BASE + path)
        return response.status_code, response.json()

    return get


def test_divisions_are_paged(get):
    status, page = get("/divisions?level=community&size=100&page=8")
    assert status == 200
    assert (page["total"], len(page["items"])) == (788, 88)


def test_divisions_are_found_below_a_parent(get):
    _, page = get("/divisions?parent=440307-dapeng")
    assert [item["code"] for item in page["items"]] == ["440307009", "440307010", "440307011"]


def test_one_division_has_its_path(get):
    _, found = get("/divisions/440305007")
    assert found["path"] == ["广东省", "深圳市", "南山区", "粤海街道"]
    assert found["official"] is True


def test_outline_is_geojson(client):
    response = client.get(f"{BASE}/divisions/440304/outline")
    assert response["Content-Type"] == "application/geo+json"
    assert response.json()["geometry"]["type"] == "Polygon"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/divisions/999999", "places.division.not_found"),
        ("/divisions/999999/outline", "places.division.not_found"),
        ("/divisions/440305007/outline", "places.outline.not_found"),
    ],
)
def test_what_is_not_there_is_a_problem(client, path, code):
    response = client.get(BASE + path)
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == code


def test_point_is_located(get):
    _, found = get("/locate?lon=114.055&lat=22.541&crs=WGS84")
    assert found["division"]["code"] == "440304"
    assert found["standing"]["where"] == "inside"
    assert found["zone"]


@pytest.mark.parametrize(
    "query",
    [
        "lon=114.055&lat=22.541",
        "lon=114.055&lat=22.541&crs=BD09",
        "lon=181&lat=22.541&crs=WGS84",
        "lon=nan&lat=22.541&crs=WGS84",
        "lon=inf&lat=22.541&crs=WGS84",
        "lat=22.541&crs=WGS84",
    ],
)
def test_point_without_a_known_system_is_refused(get, query):
    status, problem = get(f"/locate?{query}")
    assert status == 422
    assert problem["errors"]


def test_conversion_says_its_error(get):
    _, found = get("/convert?lon=114.055&lat=22.541&crs=GCJ02&to=CGCS2000")
    assert found["crs"] == "CGCS2000"
    assert found["error_m"] == pytest.approx(2.001)
    assert found["lon"] == pytest.approx(114.0499, abs=1e-4)


def test_address_is_read(client):
    response = client.post(
        f"{BASE}/addresses/parse",
        data={"text": "南山区科苑路15号A栋3单元1203室"},
        content_type="application/json",
    )
    assert response.status_code == 200
    assert response.json()["id"] == "440305-NMJBHCY3W317HZKX"


@pytest.mark.parametrize(
    "body", [{"text": ""}, {"text": "长" * 201}, {}, {"text": "a", "more": 1}, {"text": "  "}]
)
def test_unfit_address_is_refused(client, body):
    response = client.post(f"{BASE}/addresses/parse", data=body, content_type="application/json")
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"


def test_address_in_a_link_is_refused(client):
    """An address may point at a home; it must not end in logs and histories."""
    assert client.get(f"{BASE}/addresses/parse?text=南山区").status_code == 405


def test_holdings_tell_origin_and_age(get):
    _, held = get("/holdings")
    assert {item["key"] for item in held} == {
        "divisions",
        "districts",
        "zones",
        "roads",
        "stations",
    }
    assert all(item["loaded_at"] and item["licence"] for item in held)
