"""The pictures of a site's incidents: taken while a call is open, kept for a while, shown to those who may see them."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.helpers.event import async_track_time_interval

from .const import DOMAIN
from .devices import entity_id_of, name_of
from .effects.cameras import Cameras
from .effects.clips import can_stream
from .engine.cameras import Camera, Picture, PictureState, Taken
from .engine.commands import LookOn, ReportPicture
from .engine.looking import being_taken, is_unseen
from .engine.model import Incident
from .engine.site_events import PictureSeen, PicturesMarked, PicturesPurged
from .engine.why import Why
from .evidence import Evidence
from .trigger_points import LookingOn

if TYPE_CHECKING:
    from .site import Site

PURGE_EVERY = timedelta(hours=1)


class Pictures:
    """What cameras see of the incidents of a site."""

    def __init__(self, hass: HomeAssistant, site: Site) -> None:
        """Keep pictures where backups leave them out."""
        self._hass = hass
        self._site = site
        self._evidence = Evidence(hass, Path(hass.config.cache_path(DOMAIN, site.entry_id)), self._note_purged)
        self._cameras = Cameras(hass, self._evidence.async_keep, self._report, site.now)
        self._stop_purging: CALLBACK_TYPE | None = None

    async def async_start(self) -> None:
        """Look after what is kept."""
        self._stop_purging = async_track_time_interval(
            self._hass, self._async_purge, PURGE_EVERY, cancel_on_shutdown=True
        )

    async def async_stop(self) -> None:
        """Give up what is being taken, and write what has been."""
        if self._stop_purging is not None:
            self._stop_purging()
        self._cameras.stop()
        await self._evidence.async_stop()

    def run(self, incident: Incident) -> None:
        """Have cameras begin to look on, and taken what they are asked for. Nothing waits for it."""
        if is_unseen(incident) and (cameras := self._looking_on(incident)):
            self._site.handle(LookOn(cameras=cameras), incident.id)
        elif incident.cameras:
            self._cameras.run(incident.id, being_taken(incident))

    async def async_read(self, incident: Incident, picture: str, by: str) -> bytes | None:
        """Return a picture for somebody who may see it, which is put on record.

        None where it is not there any more, or is not what was kept.
        """
        known = incident.pictures.get(picture)
        if known is None or known.state is not PictureState.KEPT:
            return None
        content = await self._evidence.async_read(incident.id, picture, known.sha256)
        if content is not None:
            self._site.record(PictureSeen(at=self._site.now(), incident=incident.id, picture=picture, by=by))
        return content

    async def async_mark(self, incident: Incident, by: str, *, marked: bool) -> None:
        """Keep the pictures of an incident until somebody in charge says otherwise."""
        await self._evidence.async_mark(incident.id, marked=marked)
        self._site.record(PicturesMarked(at=self._site.now(), incident=incident.id, marked=marked, by=by))

    def _looking_on(self, incident: Incident) -> tuple[Camera, ...]:
        """Return the cameras that look on: for a quiet call those that showed nothing when they were tried (H49)."""
        point = self._site.configuration.points.get(incident.press.point)
        chosen, covert = point.cameras if point is not None else (), incident.plan.covert
        return tuple(_camera(self._hass, camera, covert) for camera in chosen if camera.tried or not covert)

    async def async_marked(self) -> set[str]:
        """Return the incidents whose pictures are kept until somebody in charge says otherwise."""
        return await self._evidence.async_marked()

    async def _async_purge(self, _now: datetime) -> None:
        wanted = {incident.id for incident in self._site.incidents.open()}
        await self._evidence.async_purge(self._site.clock.earliest(), wanted)

    def _note_purged(self, incident: str, count: int, why: Why) -> None:
        self._site.record(PicturesPurged(at=self._site.now(), incident=incident, count=count, why=why))

    def _report(self, incident: str, picture: Picture, outcome: Taken | Why) -> None:
        known = self._site.incidents.get(incident)
        reach = self._site.reach(known.press.point if known is not None else None)
        taken = outcome if isinstance(outcome, Taken) else None
        why = outcome if isinstance(outcome, Why) else Why.UNKNOWN
        self._site.handle(ReportPicture(picture=picture.id, reach=reach, taken=taken, why=why), incident)


def _camera(hass: HomeAssistant, chosen: LookingOn, covert: bool) -> Camera:
    """Return a camera by its name of this moment. A quiet call has it stream only if that was tried as well."""
    state = hass.states.get(entity_id_of(hass, chosen.entity))
    streams = can_stream(hass, state) and (chosen.streamed or not covert)
    return Camera(id=chosen.entity, name=name_of(hass, chosen.entity), streams=streams, tried=chosen.tried)
