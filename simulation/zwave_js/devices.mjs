// The simulated devices: what each of them is, how it answers the driver, and what it sends when somebody uses it.
// Frames are made of the Z-Wave specification's own bytes: many of them Z-Wave JS can only read, not write.
import { CentralSceneCCConfigurationSet, CommandClass } from "@zwave-js/cc";
import { CommandClasses as CC } from "@zwave-js/core";
import { ccCaps } from "@zwave-js/testing";

const EMERGENCY = { type: 0x0a, panic: 4 };
const ACCESS_CONTROL = { type: 0x06, keypadUnlock: 6 };
const SCENE_USES = { pressed: 0, double: 3 };
const KEYS = { disarm: 3, fire: 16, police: 17, panic: 18, medical: 19 };
const NOTHING_TYPED = 0;
const DIGITS = 2;
const USER_CODE_REPORT = 0x03;
const ENABLED = 1;

const frame = (ccId, ccCommand, ...bytes) => (nodeId) =>
  new CommandClass({ nodeId, ccId, ccCommand, payload: Uint8Array.from(bytes) });
const notification = ({ type }, event, ...details) =>
  frame(CC.Notification, 0x05, 0, 0, 0, 0xff, type, event, details.length, ...details);
const entered = (key, code = "") =>
  frame(CC["Entry Control"], 0x01, next(), code ? DIGITS : NOTHING_TYPED, KEYS[key], code.length, ...ascii(code));
const ascii = (code) => Array.from(code, (digit) => digit.charCodeAt(0));

let sequence = 0;
const next = () => ++sequence & 0xff;

const base = [CC.Version, CC["Manufacturer Specific"], CC.Battery, ccCaps({ ccId: CC.Association, version: 2 })];
const sleeping = [...base, ccCaps({ ccId: CC["Wake Up"], version: 2 })];
const asleep = { isListening: false, isFrequentListening: false };
const notifies = ({ type }, ...events) =>
  ccCaps({ ccId: CC.Notification, version: 8, notificationTypesAndEvents: { [type]: events } });

export const awake = frame(CC["Wake Up"], 0x07);

export const devices = {
  // Ring Panic Button, second generation
  panic_button: {
    id: 2,
    capabilities: {
      ...asleep,
      ...{ manufacturerId: 0x0346, productType: 0x0801, productId: 0x0401 },
      ...{ genericDeviceClass: 0x07, specificDeviceClass: 0x01 },
      commandClasses: [...sleeping, notifies(EMERGENCY, 1, 2, 3, EMERGENCY.panic)],
    },
    uses: { panic: () => notification(EMERGENCY, EMERGENCY.panic) },
  },
  // Aeotec NanoMote Quad
  scene_button: {
    id: 3,
    capabilities: {
      ...asleep,
      ...{ manufacturerId: 0x0371, productType: 0x0102, productId: 0x0003 },
      ...{ genericDeviceClass: 0x18, specificDeviceClass: 0x01 },
      commandClasses: [...sleeping, ccCaps({ ccId: CC["Central Scene"], version: 3 })],
    },
    uses: { scene: ({ number, use }) => frame(CC["Central Scene"], 0x03, next(), SCENE_USES[use], number) },
  },
  // Ring Keypad, second generation
  keypad: {
    id: 4,
    capabilities: {
      isListening: true,
      ...{ manufacturerId: 0x0346, productType: 0x0101, productId: 0x0301 },
      ...{ genericDeviceClass: 0x40, specificDeviceClass: 0x0b },
      commandClasses: [...base, ccCaps({ ccId: CC["Entry Control"], version: 1 })],
    },
    uses: { alert: ({ key }) => entered(key), disarm: ({ code }) => entered("disarm", code) },
  },
  // Schlage Touchscreen Deadbolt, which tells whose code was typed, and the code
  lock: {
    id: 5,
    capabilities: {
      isListening: true,
      ...{ manufacturerId: 0x003b, productType: 0x0001, productId: 0x0469 },
      ...{ genericDeviceClass: 0x40, specificDeviceClass: 0x03 },
      commandClasses: [
        ...base,
        ccCaps({ ccId: CC["Door Lock"], version: 4, supportedOperationTypes: [1], supportedDoorLockModes: [0, 0xff] }),
        notifies(ACCESS_CONTROL, 1, 2, 5, ACCESS_CONTROL.keypadUnlock),
      ],
    },
    uses: {
      unlock: ({ user, code }) => {
        const whose = [CC["User Code"], USER_CODE_REPORT, user, ENABLED, ...ascii(code)];
        return notification(ACCESS_CONTROL, ACCESS_CONTROL.keypadUnlock, ...whose);
      },
    },
  },
};

const answers = {
  [CC.Association]: { 0x02: frame(CC.Association, 0x03, 1, 5, 0, 1), 0x05: frame(CC.Association, 0x06, 1) },
  [CC.Battery]: { 0x02: frame(CC.Battery, 0x03, 87) },
  [CC["Central Scene"]]: {
    0x01: frame(CC["Central Scene"], 0x02, 4, 0b1000_0011, 0b1111),
    0x05: frame(CC["Central Scene"], 0x06, 0),
  },
  [CC["Entry Control"]]: {
    0x02: frame(CC["Entry Control"], 0x03, 8, 0, 0, 0, 0, 0, 0, 0xff, 0x03),
    0x04: frame(CC["Entry Control"], 0x05, 1, 0b101, 4, 0b0110_1110, 0, 0b1111, 0b10, 4, 10, 2, 10),
    0x07: frame(CC["Entry Control"], 0x08, 8, 5),
  },
  [CC["Wake Up"]]: {
    0x05: frame(CC["Wake Up"], 0x06, 0, 0xa8, 0xc0, 1),
    0x09: frame(CC["Wake Up"], 0x0a, 0, 2, 0x58, 1, 0x51, 0x80, 0, 0xa8, 0xc0, 0, 2, 0x58),
  },
};
const settings = { [CC.Association]: 0x01, [CC.Notification]: 0x06, [CC["Wake Up"]]: 0x04 };
const NOTIFICATION_GET = 0x04;
const NOTHING_PENDING = 0xfe;

// How devices answer what Z-Wave JS's own simulation leaves unanswered; the driver would wait for it.
export const answering = {
  handleCC(controller, _device, { ccId, ccCommand, notificationType }) {
    const answer =
      ccId === CC.Notification && ccCommand === NOTIFICATION_GET
        ? notification({ type: notificationType }, NOTHING_PENDING)
        : answers[ccId]?.[ccCommand];
    if (answer) return { action: "sendCC", cc: answer(controller.ownNodeId) };
    return settings[ccId] === ccCommand ? { action: "ok" } : undefined;
  },
};

// Z-Wave JS cannot read this one, which a controller never receives; its simulation would stop at the first.
CentralSceneCCConfigurationSet.from = function ({ payload }, { sourceNodeId }) {
  return new this({ nodeId: sourceNodeId, slowRefresh: payload[0] >= 0x80 });
};
