"""What the integration tests share."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
import pytest

type UserFactory = Callable[[str], Awaitable[User]]


@pytest.fixture
def user_of(hass: HomeAssistant) -> UserFactory:
    """Return a function that makes a user of a group: admin, users or read-only."""

    async def make(group: str) -> User:
        return await hass.auth.async_create_user(group, group_ids=[f"system-{group}"])

    return make


@pytest.fixture
def token_of(hass: HomeAssistant) -> Callable[[User], Awaitable[str]]:
    """Return a function that signs a user in."""

    async def sign_in(user: Any) -> str:
        refresh = await hass.auth.async_create_refresh_token(user, client_id="https://example.org/")
        return hass.auth.async_create_access_token(refresh)

    return sign_in
