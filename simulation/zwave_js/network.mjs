// The real Z-Wave JS driver and server over a simulated controller, in one process. Says "ready" once every device
// is known, and ends when its standard input does.
//
//   SERVER_PORT=3000 CONTROL_PORT=3001 CACHE=folder node network.mjs
//   curl -d '{"number": 1, "use": "pressed"}' 127.0.0.1:3001/scene_button/scene
import http from "node:http";
import { ZwavejsServer } from "@zwave-js/server";
import { MockController, MockNode, createMockZWaveRequestFrame } from "@zwave-js/testing";
import { NodeStatus } from "zwave-js";
import {
  createAndStartDriverWithMockPort,
  createDefaultMockControllerBehaviors,
  createDefaultMockNodeBehaviors,
} from "zwave-js/Testing";
import { answering, awake, devices } from "./devices.mjs";

const { SERVER_PORT, CONTROL_PORT, CACHE } = process.env;
const HOST = "127.0.0.1";
const KNOWN_AFTER = 90_000; // milliseconds; mostly it takes ten seconds, and three with what was learned before

const fail = (reason) => {
  console.error(reason);
  process.exit(1);
};
const giveUp = setTimeout(fail, KNOWN_AFTER, "the devices did not become known");

const { driver, mockPort, serial, continueStartup } = await createAndStartDriverWithMockPort({
  connectViaTCP: true,
  storage: { cacheDir: CACHE, lockDir: `${CACHE}/locks` },
  testingHooks: { skipFirmwareIdentification: true },
});
const logger = { debug() {}, info() {}, warn() {}, error() {} }; // Home Assistant is told, and says it in its own log
const options = { host: HOST, port: Number(SERVER_PORT), enableDNSServiceDiscovery: false, logger };
const server = new ZwavejsServer(driver, options).on("error", fail);
process.stdin.resume().once("end", async () => {
  await server.destroy();
  await driver.destroy();
  process.exit();
});

const controller = await MockController.create({ homeId: 0x7e570001, ownNodeId: 1, mockPort, serial });
controller.defineBehavior(...createDefaultMockControllerBehaviors());
for (const device of Object.values(devices)) {
  device.node = await MockNode.create({ id: device.id, capabilities: device.capabilities, controller });
  controller.addNode(device.node);
  device.node.defineBehavior(...createDefaultMockNodeBehaviors(), answering);
}
driver.on("error", fail);
await new Promise((resolve) => {
  driver.once("driver ready", resolve);
  continueStartup();
});

const send = (node, build) =>
  node.sendToController(createMockZWaveRequestFrame(build(controller.ownNodeId), { ackRequested: false }));

// Sleeping devices announce themselves until the driver knows them.
const unknown = () => Object.values(devices).filter(({ id }) => !driver.controller.nodes.get(id).ready);
while (unknown().length) {
  for (const { id, node } of unknown()) {
    if (driver.controller.nodes.get(id).status === NodeStatus.Asleep) await send(node, awake);
  }
  await new Promise((resolve) => setTimeout(resolve, 200));
}
await server.start(true);

const control = http.createServer(async (request, response) => {
  const [, name, deed] = request.url.split("/");
  const how = JSON.parse(Buffer.concat(await request.toArray()) || "{}");
  const { node, uses } = devices[name];
  if (deed === "answers") node.autoAckControllerFrames = how.wanted;
  else await send(node, deed === "wake" ? awake : uses[deed](how));
  response.end();
});
control.listen(Number(CONTROL_PORT), HOST, () => {
  clearTimeout(giveUp);
  console.log("ready");
});
