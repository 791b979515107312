"""Every kind of Z-Wave button, over the real Z-Wave JS."""

import asyncio

from simulation.world import World
from simulation.zwave import CODES, KEYPAD, PANIC_BUTTON, SCENE_BUTTON, ZWaveNetwork

from .buttons import MANY, Button, learned_and_pressed, out_of_reach, pressed
from .common import Result, judged

SCENE = "event.nanomote_quad_scene_001"
KEYPAD_STATUS = "sensor.keypad_v2_node_status"
LOCK = "lock.touchscreen_deadbolt_z_wave_plus"
RESIDENT, DURESS = CODES
CODE, DURESS_CODE = "481516", "903774"
NOTE = "Hip broken in front of the wardrobe"
LAST_WORDS = "Ambulance took her along"
KEPT = ("CREATE TABLE states", "HandedOver", "custom integration duress", "open_incidents")
"""Words of the database, of the record, of the log and of the diagnostics."""
TYPED = "73519264"
"""A code for the keypad; so many digits stand nowhere by chance."""


async def every_zwave_button(world: World) -> Result:
    """A panic button, two keys of a keypad, one user's code at a lock and a scene: learned, and pressed in every way.

    Also right after each of them was out of reach. What others do with the same devices calls nobody, and no code that
    is typed is stored.
    """
    await world.set_up_site(wait=0)
    async with ZWaveNetwork() as network:
        await world.home_assistant.flow({"handler": "zwave_js"}, {"url": network.url})
        for entity in (SCENE, KEYPAD_STATUS, LOCK):
            await world.home_assistant.until(entity, lambda state: state is not None)
        panic_key = Button("Keypad panic", lambda: network.keypad_alert("panic"), 2)
        scene = Button("NanoMote", lambda: network.scene(1), 3)
        result = await learned_and_pressed(
            world,
            [
                Button("Panic button", network.panic_button, MANY),
                panic_key,
                Button("Keypad medical", lambda: network.keypad_alert("medical"), 2),
                Button("Lock duress", lambda: network.unlock_with_code_of(DURESS), 2),
                scene,
            ],
        )
        learned = result["learned"]
        checks = {
            "the keys of a keypad are told apart": learned["Keypad panic"] != learned["Keypad medical"],
            "a code that is typed is not offered": await _offers_only_the_key(world, network),
            "what others do calls nobody": await _calls_nobody(world, network),
        }
        await _take_for_dead(world, network)
        checks |= out_of_reach(await pressed(world, Button(panic_key.name, panic_key.press, 1)))
        checks |= await _codes(world, network)
        secrets = {"a code": CODE, "a duress code": DURESS_CODE}
        secrets |= await _closed_with_a_note(world, network)
        kept = await world.all_stored()
        checks |= {f"what holds {word} was read": word.encode() in kept for word in KEPT}
        checks |= {f"{what} is nowhere": secret.encode() not in kept for what, secret in secrets.items()}
        await _restart(world, network)
        checks |= out_of_reach(await pressed(world, Button(scene.name, scene.press, 1)))
    stored = world.stored()
    checks["no code is stored"] = not [code for code in (TYPED, CODE, DURESS_CODE, *CODES.values()) if code in stored]
    return judged(checks, result)


async def _codes(world: World, network: ZWaveNetwork) -> dict[str, bool]:
    """Type codes on the keypad: one that ends the call, one that says that its owner is being threatened."""
    ann, bob = await world.subentry("Ann"), world.phones["Bob"]
    await world.change_responder(ann, "codes", pin=CODE, duress=DURESS_CODE)
    quiet = await world.add_plan("staff_duress", "Quiet", ["Bob"])
    devices = await world.home_assistant.command("config/device_registry/list")
    keypad = next(device["id"] for device in devices if device["name"] == "Keypad v2")
    await world.change_point("keypad", device_id=keypad, plan_id=quiet)
    bob.screen.clear()
    await network.scene(1)
    await bob.wait_for("Help needed")
    await network.keypad_code(CODE)
    await bob.wait_for("Over")
    over = await world.open_incidents() == []
    bob.screen.clear()
    await network.scene(1)
    await bob.wait_for("Help needed")
    await network.keypad_code(DURESS_CODE)
    await bob.wait_for("Message for you")
    await world.home_assistant.until("sensor.harbour_house_open_calls", lambda state: state == "0")
    (quiet_call,) = await world.open_incidents()
    await world.resolve("Bob")
    return {
        "a code on the keypad ends the call": over,
        "a duress code seems to, and a quiet call goes on": quiet_call["follows"] is not None,
    }


async def _closed_with_a_note(world: World, network: ZWaveNetwork) -> dict[str, str]:
    """Have a call answered by a tap, ended and closed with a note each; returns the token of the tap, and the notes."""
    ann = world.phones["Ann"]
    ann.screen.clear()
    await network.scene(1)
    call = await ann.wait_for("Help needed")
    (incident,) = await world.open_incidents()
    await ann.tap(world.home_assistant.session, "I'm going")
    await ann.wait_for("You have it")
    await world.end("Ann", incident["incident_id"], LAST_WORDS)
    await ann.wait_for("Over")
    await world.close(incident["incident_id"], NOTE)
    token = next(action["action"] for action in call.data["actions"] if action["title"] == "I'm going")
    return {"what was tapped": token, "a note": NOTE, "a note of the page": LAST_WORDS}


async def _offers_only_the_key(world: World, network: ZWaveNetwork) -> bool:
    async def type_and_hold() -> None:
        await network.keypad_code(TYPED)
        await network.keypad_alert("police")

    (offered,) = await world.offered(type_and_hold)
    return "police" in offered.lower()


async def _calls_nobody(world: World, network: ZWaveNetwork) -> bool:
    await network.scene(1, "double")
    await network.scene(2)
    await network.unlock_with_code_of(RESIDENT)
    await network.keypad_code(TYPED)
    await network.keypad_alert("fire")
    await network.wake(PANIC_BUTTON)
    await network.wake(SCENE_BUTTON)
    await asyncio.sleep(2)
    return await world.open_incidents() == []


async def _take_for_dead(world: World, network: ZWaveNetwork) -> None:
    await network.answers(KEYPAD, wanted=False)
    await world.home_assistant.action("button.press", {"entity_id": "button.keypad_v2_ping"})
    await world.home_assistant.until(KEYPAD_STATUS, lambda state: state == "dead")


async def _restart(world: World, network: ZWaveNetwork) -> None:
    restarting = asyncio.create_task(network.restart())
    await world.home_assistant.until(SCENE, lambda state: state == "unavailable")
    await restarting
    await world.home_assistant.until(SCENE, lambda state: state != "unavailable")
