"""Repair issues: what keeps a press from reaching a person. Every user can read them, so they name nobody."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN


@callback
def async_set_issue(hass: HomeAssistant, key: str, about: str, *, wanted: bool) -> None:
    """Raise or withdraw the issue `key` of the translations about one site or trigger point."""
    issue_id = f"{key}_{about}"
    if wanted:
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key=key,
        )
    else:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
