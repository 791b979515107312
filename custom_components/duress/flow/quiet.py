"""What others than us would show of a quiet call, as a step of the dialog of its plan."""

import asyncio
from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.core import callback
from homeassistant.helpers.selector import SelectOptionDict, SelectSelector, SelectSelectorConfig, SelectSelectorMode
import voluptuous as vol

from ..configuration import Configuration
from ..effects.texts import plain
from ..line import LINES
from ..mends import Mended, async_mend, async_put_back
from ..traces import MENDED, Trace, traces_of

CONF_TAKE_AWAY = "take_away"


class QuietFlow(ConfigSubentryFlow):
    """List what would show, take away what can be, and have each button pressed that must still be heard then."""

    _to_prove: list[Mended]
    _proving: asyncio.Task[bool] | None = None

    async def async_step_shows(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Say what would show, and ask what of it is to be taken away."""
        plan = self._get_reconfigure_subentry().subentry_id
        traces = traces_of(self.hass, Configuration.of(self._get_entry()), plan)
        if user_input is not None:
            chosen = set(user_input.get(CONF_TAKE_AWAY, ()))
            taken = [trace for trace in traces if trace.key in chosen]
            self._to_prove = async_mend(self.hass, self._get_entry(), plan, taken) if taken else []
            return await self.async_step_pressed()
        options = [
            SelectOptionDict(value=trace.key, label=self._say(trace)) for trace in traces if trace.kind in MENDED
        ]
        stays = [f"- {self._say(trace)}" for trace in traces if trace.kind not in MENDED]
        choice = SelectSelector(SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST))
        everything = [option["value"] for option in options]
        fields: dict[vol.Marker, Any] = (
            {vol.Optional(CONF_TAKE_AWAY, description={"suggested_value": everything}): choice} if options else {}
        )
        return self.async_show_form(
            step_id="shows",
            data_schema=vol.Schema(fields),
            description_placeholders={"stays": "\n".join(stays) or self._words("shows_nothing")},
        )

    async def async_step_pressed(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Wait until every button whose entities were taken away has been pressed and heard."""
        if self._proving is None:
            if not self._to_prove:
                return self.async_abort(reason="looked_after")
            self._proving = self.hass.async_create_background_task(self._async_prove(self._to_prove[0]), "duress proof")
        if not self._proving.done():
            return self.async_show_progress(
                step_id="pressed",
                progress_action="pressed",
                description_placeholders={"point": self._name_of(self._to_prove[0].point)},
                progress_task=self._proving,
            )
        heard, self._proving = self._proving.result(), None
        self._to_prove.pop(0)
        if not heard:
            return self.async_show_progress_done(next_step_id="unheard")
        return self.async_show_progress_done(next_step_id="pressed" if self._to_prove else "heard")

    async def async_step_heard(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Say that all is done."""
        return self.async_abort(reason="looked_after")

    async def async_step_unheard(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Say that a button was not heard, so that all was put back that was not seen to work."""
        while self._to_prove:
            async_put_back(self.hass, self._get_entry(), self._to_prove.pop())
        return self.async_abort(reason="not_heard")

    async def _async_prove(self, mended: Mended) -> bool:
        """Return whether a button is heard without what was taken away; that is put back if it is not."""
        heard = False
        try:
            line = self.hass.data[LINES].get(self._get_entry().entry_id)
            heard = line is not None and await line.site.proofs.async_wait(mended.point)
        finally:
            if not heard:
                async_put_back(self.hass, self._get_entry(), mended)
        return heard

    def _say(self, trace: Trace) -> str:
        point = self._name_of(trace.point) if trace.point is not None else ""
        return self._words(f"shows_{trace.kind}", what=trace.name, point=point)

    def _name_of(self, point: str) -> str:
        subentry = self._get_entry().subentries.get(point)
        return plain(subentry.title) if subentry is not None else ""

    def _words(self, key: str, **words: str) -> str:
        line = self.hass.data[LINES].get(self._get_entry().entry_id)
        return line.site.texts.default.say(key, words) if line is not None else ""

    @callback
    def async_remove(self) -> None:
        """Wait no longer once the dialog is closed, and put back what was not seen to work."""
        if self._proving is not None:
            self._proving.cancel()
            for mended in self._to_prove[1:]:
                async_put_back(self.hass, self._get_entry(), mended)
