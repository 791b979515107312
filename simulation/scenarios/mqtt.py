"""Zigbee2MQTT's buttons, on a real broker."""

import asyncio

from simulation.broker import Broker
from simulation.world import World
from simulation.zigbee2mqtt import Button as Zigbee2MqttButton, EventButton, SensorButton

from .buttons import MANY, Button, learned_and_pressed, out_of_reach, pressed
from .common import Result, judged

EVENT = "event.night_pendant_action"
SENSOR = "sensor.old_pendant_action"
SUBSCRIBED = 2
"""Seconds after which Home Assistant hears a topic: it gathers subscriptions before it asks the broker for them."""


async def every_mqtt_button(world: World) -> Result:
    """A device trigger that nobody knew before it was pressed, an event entity, a sensor that blanks itself.

    Also after the button was thought to be gone, after the broker was, and with an old press left on the broker.
    """
    await world.set_up_site(wait=0)
    async with Broker() as broker:
        await add_mqtt(world, broker)
        default = Zigbee2MqttButton(broker, "Bath button", 1)
        event, sensor = EventButton(broker, "Night pendant", 2), SensorButton(broker, "Old pendant", 3)
        bath = Button("Bath", default.press, MANY)
        night, old = Button("Night", event.press, 3), Button("Old", sensor.press, 2)
        await event.join()
        await sensor.join()
        for entity in (EVENT, SENSOR):
            await world.home_assistant.until(entity, lambda state: state is not None)
        result = await learned_and_pressed(world, [bath, night, old])
        checks = {"what a button does besides calls nobody": await _calls_nobody(world, default, event)}
        await event.available(wanted=False)
        await world.home_assistant.until(EVENT, lambda state: state == "unavailable")
        checks |= out_of_reach(await pressed(world, Button("Night", lambda: _wake(event), 1)))
        await broker.stop()
        await world.home_assistant.until(SENSOR, lambda state: state == "unavailable")
        await broker.start()
        await event.available(wanted=True)
        await world.home_assistant.until(EVENT, lambda state: state != "unavailable")
        await asyncio.sleep(SUBSCRIBED)
        for button in (bath, night, old):
            checks |= out_of_reach(await pressed(world, Button(button.name, button.press, 1)))
        await event.join()
        await sensor.join()
        checks |= await pressed(world, Button("Old", sensor.leave, 1))
        await world.cut_power(0)
        await world.home_assistant.until(SENSOR, lambda state: state == "emergency")
        await asyncio.sleep(SUBSCRIBED)
        checks["an old press that is left on the broker calls nobody after a power cut"] = (
            await world.open_incidents() == []
        )
        await sensor.leave("")
        for button in (bath, old):
            checks |= out_of_reach(await pressed(world, Button(button.name, button.press, 1)))
    return judged(checks, result)


async def add_mqtt(world: World, broker: Broker) -> None:
    """Have Home Assistant use a broker."""
    other = {"set_client_cert": False, "set_ca_cert": "off", "transport": "tcp"}
    settings = {"broker": "127.0.0.1", "port": broker.port, "other_settings": other}
    await world.home_assistant.flow({"handler": "mqtt"}, settings)


async def _wake(button: EventButton) -> None:
    """Press a button that is thought to be gone: that it is there is only said after what it did."""
    await button.press()
    await button.available(wanted=True)


async def _calls_nobody(world: World, *buttons: Zigbee2MqttButton) -> bool:
    for button in buttons:
        await button.press("single")
        await button.available(wanted=True)
    await asyncio.sleep(2)
    return await world.open_incidents() == []
