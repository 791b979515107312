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
from ..mends import async_mend, async_mend_at_once, async_proved, async_put_back, needs_press
from ..traces import MENDED, Trace, traces_of
from .words import say

CONF_TAKE_AWAY = "take_away"


class QuietFlow(ConfigSubentryFlow):
    """List what would show, take away what can be, and have each button pressed that must still be heard then."""

    _to_prove: list[list[Trace]]
    _proving: asyncio.Task[bool] | None = None

    async def async_step_shows(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Say what would show, and ask what of it is to be taken away."""
        plan = self._get_reconfigure_subentry().subentry_id
        traces = traces_of(self.hass, Configuration.of(self._get_entry()), plan)
        if user_input is not None:
            chosen = set(user_input.get(CONF_TAKE_AWAY, ()))
            taken = [trace for trace in traces if trace.key in chosen]
            async_mend_at_once(self.hass, self._get_entry(), plan, taken)
            self._to_prove = _by_button(taken)
            return await self.async_step_pressed()
        options = [
            SelectOptionDict(value=trace.key, label=self._say(trace)) for trace in traces if trace.kind in MENDED
        ]
        stays = [f"- {self._say(trace)}" for trace in traces if trace.kind not in MENDED]
        choice = SelectSelector(SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST))
        certain = [trace.key for trace in traces if trace.kind in MENDED and trace.certain]
        fields: dict[vol.Marker, Any] = (
            {vol.Optional(CONF_TAKE_AWAY, description={"suggested_value": certain}): choice} if options else {}
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
                description_placeholders={"point": self._name_of(self._to_prove[0][0].point)},
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
        """Say that a button was not heard, so that it was left as it was; what came after it was not touched."""
        return self.async_abort(reason="not_heard")

    async def _async_prove(self, traces: list[Trace]) -> bool:
        """Return whether a button is heard without what is taken away for it; that is put back if it is not."""
        entry, plan, heard = self._get_entry(), self._get_reconfigure_subentry().subentry_id, False
        line = self.hass.data[LINES].get(entry.entry_id)
        point = traces[0].point
        if line is None or point is None:
            return False
        async_mend(self.hass, entry, plan, traces)
        try:
            heard = await line.site.proofs.async_wait(point, traces[0].proven_by)
        finally:
            (async_proved if heard else async_put_back)(self.hass, entry, plan)
        return heard

    def _say(self, trace: Trace) -> str:
        return self._words(f"shows_{trace.kind}", what=trace.name, point=self._name_of(trace.point))

    def _name_of(self, point: str | None) -> str:
        subentry = self._get_entry().subentries.get(point or "")
        return plain(subentry.title) if subentry is not None else ""

    def _words(self, key: str, **words: str) -> str:
        return say(self.hass, self._get_entry(), key, **words)

    @callback
    def async_remove(self) -> None:
        """Wait no longer once the dialog is closed; what was not seen to work is put back."""
        if self._proving is not None:
            self._proving.cancel()


def _by_button(traces: list[Trace]) -> list[list[Trace]]:
    """Return what one press each has to show that a button is heard without."""
    buttons: dict[tuple[str | None, frozenset[str]], list[Trace]] = {}
    for trace in traces:
        if needs_press(trace):
            buttons.setdefault((trace.point, trace.proven_by), []).append(trace)
    return list(buttons.values())
