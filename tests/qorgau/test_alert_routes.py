"""Routes of alerts: empty at first, and who may ask."""

from uuid import uuid4

from tests.support import Api


async def test_there_is_nothing_at_first(client: Api) -> None:
    duty = await client.login("duty")
    assert await duty.ok("GET", "/api/qorgau/alerts") == []
    rates = await duty.ok("GET", "/api/qorgau/rates?days=7")
    assert rates["rates"] == rates["left_out"] == []


async def test_an_alert_that_is_not_there(client: Api) -> None:
    duty = await client.login("duty")
    answer = await duty.post(
        f"/api/qorgau/alerts/{uuid4()}/answer", json={"id": str(uuid4()), "answer": "seen"}
    )
    assert answer.status_code == 404
