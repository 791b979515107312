"""The codes that a responder types: chosen by whoever is in charge, and never shown again."""

from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.helpers.selector import BooleanSelector, TextSelector, TextSelectorConfig, TextSelectorType
import voluptuous as vol

from ..codes import DURESS, PIN, Codes, all_codes, close_to, is_code
from ..const import CONF_CODES, SUBENTRY_RESPONDER
from ..line import LINES

CONF_FORGET = "forget"
HIDDEN = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))


class CodesFlow(ConfigSubentryFlow):
    """The dialog for codes of the responder that is being changed."""

    _data: dict[str, Any]

    def _finish(self) -> SubentryFlowResult:
        """Keep what was chosen."""
        raise NotImplementedError

    async def async_step_codes(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for new codes. Whatever is wrong with them, the answer is one: more would tell of others (hazard H41)."""
        errors = {}
        line = self.hass.data[LINES].get(self._get_entry().entry_id)
        if line is None:
            return self.async_abort(reason="site_not_running")
        if user_input is not None:
            if user_input.get(CONF_FORGET):
                self._data[CONF_CODES] = {}
                return self._finish()
            codes = await self._async_codes(line.site.codes, user_input)
            if codes is not None:
                self._data[CONF_CODES] = codes
                return self._finish()
            errors["base"] = "code_refused"
        fields: dict[vol.Marker, Any] = {
            vol.Optional(PIN): HIDDEN,
            vol.Optional(DURESS): HIDDEN,
            vol.Required(CONF_FORGET, default=False): BooleanSelector(),
        }
        return self.async_show_form(step_id="codes", data_schema=vol.Schema(fields), errors=errors)

    async def _async_codes(self, codes: Codes, user_input: dict[str, Any]) -> dict[str, str] | None:
        """Return what is kept of the codes from now on, or None where one of them cannot be used."""
        new = {kind: user_input[kind] for kind in (PIN, DURESS) if user_input.get(kind)}
        kept = {kind: h for kind, h in self._data[CONF_CODES].items() if kind not in new}
        if not new or (DURESS in new and PIN not in {**new, **kept}):
            return None
        if len(new) > 1 and is_code(new[PIN]) and new[DURESS] in close_to(new[PIN]):
            return None
        own = self._get_reconfigure_subentry().subentry_id
        others = self._get_entry().get_subentries_of_type(SUBENTRY_RESPONDER)
        taken = all_codes([*(s.data.get(CONF_CODES, {}) for s in others if s.subentry_id != own), kept])
        for code in new.values():
            if not await codes.async_can_be_used(code, taken):
                return None
        return kept | {kind: await codes.async_hash(code) for kind, code in new.items()}
