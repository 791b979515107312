"""Which cameras look on, as steps of the dialog of a trigger point."""

import asyncio
from collections.abc import Iterable
import re
from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..const import (
    CONF_AREA,
    CONF_CAMERAS,
    CONF_COVERT,
    CONF_ENTITY,
    CONF_PLAN,
    CONF_SOURCES,
    CONF_STREAMED,
    CONF_TRIED,
)
from ..devices import area_of, entity_id_of, name_of, stored_id_of
from ..effects.cameras import async_picture
from ..effects.clips import CAMERA, PictureError, async_clip, can_stream
from ..effects.texts import plain
from ..engine.cameras import Camera
from ..engine.why import Why
from .words import say

CONF_PRIVATE = "private_cameras"
PRIVATE_ROOM = re.compile(
    r"bed|bath|toilet|\bwc\b|shower|changing|locker|sleep|schlaf|\bbad|dusch|umkleide|toilette|\bklo\b", re.IGNORECASE
)
"""Words in the names of rooms where nobody is looked at unless somebody in charge says so, camera by camera."""
TRIED_FOR = 5.0
"""Seconds for which a stream is looked at: a lamp would be on by then."""
STATE_OF_ITS_OWN = ("access_token", "entity_picture")
"""What changes in a camera's state by itself."""


class CamerasFlow(ConfigSubentryFlow):
    """Offer the cameras that are near, and try out those of quiet calls."""

    _cameras: list[str]

    async def async_step_cameras(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask which cameras look on; those of the trigger point's area, then of its floor, are filled in."""
        subentry = self._get_reconfigure_subentry()
        private = [camera for camera in _all_cameras(self.hass) if _is_private(self.hass, camera)]
        if user_input is not None:
            self._cameras = [*user_input.get(CONF_CAMERAS, ()), *user_input.get(CONF_PRIVATE, ())]
            return await self.async_step_tried() if self._is_covert() and self._cameras else self._store_cameras(())
        known = [entity_id_of(self.hass, camera[CONF_ENTITY]) for camera in subentry.data.get(CONF_CAMERAS, ())]
        near = [c for c in _near(self.hass, subentry.data.get(CONF_AREA)) if c not in private]
        shown = {
            CONF_CAMERAS: [c for c in known if c not in private] if CONF_CAMERAS in subentry.data else near,
            CONF_PRIVATE: [c for c in known if c in private],
        }
        others = EntitySelectorConfig(domain=CAMERA, multiple=True, reorder=True, exclude_entities=private)
        fields: dict[vol.Marker, Any] = {vol.Optional(CONF_CAMERAS): EntitySelector(others)}
        if private:
            rooms = EntitySelectorConfig(multiple=True, include_entities=private)
            fields[vol.Optional(CONF_PRIVATE)] = EntitySelector(rooms)
        return self.async_show_form(
            step_id="cameras",
            data_schema=self.add_suggested_values_to_schema(vol.Schema(fields), shown),
            description_placeholders={"thumbnails": _thumbnails(self.hass, shown[CONF_CAMERAS])},
        )

    async def async_step_tried(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Try each camera, and ask which of them showed nothing: only those look on in a quiet call (hazard H49)."""
        if user_input is not None:
            return self._store_cameras(user_input.get(CONF_TRIED, ()))
        tried = await asyncio.gather(*(_async_try(self.hass, camera) for camera in self._cameras))
        results = dict(zip(self._cameras, tried, strict=True))
        still = [camera for camera, result in results.items() if not result]
        options = [SelectOptionDict(value=camera, label=plain(name_of(self.hass, camera))) for camera in still]
        choice = SelectSelector(SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST))
        return self.async_show_form(
            step_id="tried",
            data_schema=vol.Schema({vol.Optional(CONF_TRIED): choice} if still else {}),
            description_placeholders={"tried": "\n".join(f"- {self._tried(*each)}" for each in results.items())},
        )

    def _tried(self, camera: str, result: Why | set[str]) -> str:
        """Say how a camera did."""
        entry, words = self._get_entry(), {"camera": _word(name_of(self.hass, camera))}
        if isinstance(result, Why):
            missed = say(self.hass, entry, "picture_missed", **words)
            return f"{missed} {say(self.hass, entry, f'why_{result}')}"
        what = ", ".join(_word(name_of(self.hass, entity)) for entity in sorted(result))
        return say(self.hass, entry, "tried_moved" if what else "tried_still", **words, what=what)

    def _store_cameras(self, tried: Iterable[str]) -> SubentryFlowResult:
        subentry = self._get_reconfigure_subentry()
        tried = set(tried)
        cameras = [
            {
                CONF_ENTITY: stored_id_of(self.hass, camera),
                CONF_TRIED: camera in tried,
                CONF_STREAMED: camera in tried and can_stream(self.hass, self.hass.states.get(camera)),
            }
            for camera in self._cameras
        ]
        data = {**subentry.data, CONF_CAMERAS: cameras}
        return self.async_update_and_abort(self._get_entry(), subentry, title=subentry.title, data=data)

    def _is_covert(self) -> bool:
        """Return whether any gesture of the trigger point calls quietly."""
        plans = self._get_entry().subentries
        chosen = (source[CONF_PLAN] for source in self._get_reconfigure_subentry().data[CONF_SOURCES])
        return any(plans[plan].data.get(CONF_COVERT) for plan in chosen if plan in plans)


def _all_cameras(hass: HomeAssistant) -> list[str]:
    return hass.states.async_entity_ids(CAMERA)


def _is_private(hass: HomeAssistant, entity_id: str) -> bool:
    area = ar.async_get(hass).async_get_area(area_of(hass, entity_id) or "")
    return area is not None and bool(PRIVATE_ROOM.search(area.name))


def _near(hass: HomeAssistant, area_id: str | None) -> list[str]:
    """Return the cameras of an area, then those of its floor."""
    areas = ar.async_get(hass)
    own = areas.async_get_area(area_id or "")
    if own is None:
        return []
    floor = own.floor_id
    near = {a.id for a in areas.async_list_areas() if floor is not None and a.floor_id == floor} | {own.id}
    found = [(camera, area) for camera in _all_cameras(hass) if (area := area_of(hass, camera)) in near]
    return [camera for camera, _ in sorted(found, key=lambda each: (each[1] != own.id, each[0]))]


def _thumbnails(hass: HomeAssistant, cameras: Iterable[str]) -> str:
    """Return what cameras see at the moment, as the dialog shows pictures."""
    states = filter(None, (hass.states.get(camera) for camera in cameras))
    return "\n\n".join(
        f"![{_word(state.name)}]({state.attributes['entity_picture']}) {_word(state.name)}"
        for state in states
        if "entity_picture" in state.attributes
    )


def _word(name: str) -> str:
    """Return a name that means nothing to Markdown."""
    return re.sub(r"[^\w .,:-]", "", plain(name))


async def _async_try(hass: HomeAssistant, camera: str) -> Why | set[str]:
    """Look through a camera; returns why there was no picture, or what of its device changed in Home Assistant."""
    entry = er.async_get(hass).async_get(camera)
    beside = er.async_entries_for_device(er.async_get(hass), entry.device_id or "") if entry is not None else []
    watched, changed = {camera, *(e.entity_id for e in beside)}, set[str]()

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        if event.data["entity_id"] in watched and _differs(event):
            changed.add(event.data["entity_id"])

    stop = hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    try:
        await async_picture(hass, Camera(id=camera, name=camera))
        if can_stream(hass, hass.states.get(camera)):
            await async_clip(hass, Camera(id=camera, name=camera), TRIED_FOR)
    except PictureError as error:
        return error.why
    finally:
        stop()
    return changed


def _differs(event: Event[EventStateChangedData]) -> bool:
    old, new = event.data["old_state"], event.data["new_state"]
    if old is None or new is None:
        return True
    before, after = ({k: v for k, v in s.attributes.items() if k not in STATE_OF_ITS_OWN} for s in (old, new))
    return old.state != new.state or before != after
