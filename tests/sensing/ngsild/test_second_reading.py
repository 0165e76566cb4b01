"""A second, independent reading of GS CIM 009 V1.9.1: what the first did not see, by clause."""

from __future__ import annotations

from pengcheng.kernel import clock
from pengcheng.kit.ngsild import terms
from tests.sensing.ngsild.conftest import Client, Receiver, vehicle

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
