"""A real Chromium, signed in to Home Assistant, that takes pictures of what a person sees."""

import asyncio
import base64
import json
from pathlib import Path
import shutil
import tempfile
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientError, ClientSession

from .home_assistant import free_port

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--remote-allow-origins=*",
]
# Helpers for a page that is made of shadow roots within shadow roots.
HELPERS = """
window.everything = () => {
  const found = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      found.push(element);
      if (element.shadowRoot) walk(element.shadowRoot);
    }
  };
  walk(document);
  return found;
};
window.showing = (words) => everything().filter(
  (e) => e.checkVisibility() && e.getBoundingClientRect().width > 0 &&
    [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.includes(words))
);
window.where = (words) => showing(words).find((e) => e.textContent.trim() === words) ?? showing(words)[0];
"""


class Browser:
    """One window on one Home Assistant."""

    def __init__(self, url: str, token: str, width: int = 1280, height: int = 860) -> None:
        """Look at `url` as the person whose token it is."""
        self._url = url
        self._token = token
        self._size = f"--window-size={width},{height}"
        self._number = 0

    async def __aenter__(self) -> Self:
        """Open the window."""
        self._profile = tempfile.mkdtemp(prefix="duress-browser-")
        port = free_port()
        self._process = await asyncio.create_subprocess_exec(
            "chromium",
            *FLAGS,
            self._size,
            f"--user-data-dir={self._profile}",
            f"--remote-debugging-port={port}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        self._session = ClientSession()
        self._socket = await self._session.ws_connect(await self._page(port), max_msg_size=0)
        for domain in ("Page", "Runtime"):
            await self._command(f"{domain}.enable")
        tokens = {
            "access_token": self._token,
            "token_type": "Bearer",
            "expires_in": 1800,
            "hassUrl": self._url,
            "clientId": f"{self._url}/",
            "expires": 9999999999999,
            "refresh_token": "",
        }
        sign_in = f"localStorage.setItem('hassTokens', {json.dumps(json.dumps(tokens))}); {HELPERS}"
        await self._command("Page.addScriptToEvaluateOnNewDocument", source=sign_in)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the window."""
        await self._session.close()
        self._process.terminate()
        await self._process.wait()
        shutil.rmtree(self._profile, ignore_errors=True)

    async def open(self, path: str) -> None:
        """Go to a page."""
        await self._command("Page.navigate", url=self._url + path)

    async def open_file(self, file: Path) -> None:
        """Open a page that lies on this machine."""
        await self._command("Page.navigate", url=file.as_uri())

    async def wait_for(self, words: str, seconds: float = 30) -> None:
        """Wait until these words can be seen; raises TimeoutError."""
        await self.wait_until(f"showing({json.dumps(words)}).length > 0", seconds)

    async def click(self, words: str) -> None:
        """Click where these words stand, alone if they do somewhere."""
        await self.wait_for(words)
        await self.evaluate(f"where({json.dumps(words)}).click()")

    async def tap_slowly(self, words: str, meanwhile: str) -> None:
        """Tap as a finger does that rests for 0.2 s where these words stand, while a script runs in the page."""
        await self.wait_for(words)
        element = f"where({json.dumps(words)})"
        await self.evaluate(f"{element}.scrollIntoView({{ block: 'center' }})")
        middle = "(({ x, y, width, height }) => [x + width / 2, y + height / 2])"
        x, y = await self.evaluate(f"{middle}({element}.getBoundingClientRect())")
        at = {"x": x, "y": y, "button": "left", "clickCount": 1}
        await self._command("Input.dispatchMouseEvent", type="mousePressed", **at)
        await self.evaluate(meanwhile)
        await asyncio.sleep(0.2)
        await self._command("Input.dispatchMouseEvent", type="mouseReleased", **at)

    async def click_icon(self, label: str) -> None:
        """Click the button without words that is called so."""
        button = f"everything().find((e) => e.tagName === 'HA-ICON-BUTTON' && e.label === {json.dumps(label)})"
        await self.wait_until(f"!!({button})")
        await self.evaluate(f"{button}.click()")

    async def expand_section(self) -> None:
        """Open the section of a dialog, and scroll to its end."""
        section = "everything().find((e) => e.tagName === 'HA-FORM-EXPANDABLE')"
        await self.wait_until(f"!!({section})")
        await self.evaluate(f"{section}.shadowRoot.querySelector('ha-expansion-panel').expanded = true")
        await asyncio.sleep(1)
        await self.evaluate(f"{section}.scrollIntoView(false)")

    async def type(self, label: str, text: str) -> None:
        """Type into the field with this label."""
        names = json.dumps([label, f"{label}*"])
        field = f"everything().find((e) => {names}.includes(e.label) || {names}.includes(e.placeholder))"
        inner = "[...(field.shadowRoot ?? field).querySelectorAll('input, textarea')]"
        await self.wait_until(f"!!({field})")
        in_field = f"(() => {{ const field = {field}; return {inner}[0] ?? field; }})()"
        async with asyncio.timeout(30):
            while await self.evaluate(f"{in_field}.value") != text:  # a field that has only just appeared takes nothing
                await self.evaluate(f"{in_field}.focus()")
                await self._command("Input.insertText", text=text)
                await asyncio.sleep(0.1)

    async def go_on_typing(self, text: str) -> None:
        """Type where the cursor stands."""
        await self._command("Input.insertText", text=text)

    async def wait_until(self, expression: str, seconds: float = 30) -> None:
        """Wait until an expression in the page is true; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not await self.evaluate(f"!!window.showing && ({expression})"):
                await asyncio.sleep(0.2)

    async def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression in the page."""
        answer = await self._command("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        return answer["result"].get("value")

    async def picture(self, path: Path) -> None:
        """Save what the window shows."""
        answer = await self._command("Page.captureScreenshot", format="png")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(answer["data"]))

    async def _page(self, port: int) -> str:
        async with asyncio.timeout(30):
            while True:
                try:
                    async with self._session.get(f"http://127.0.0.1:{port}/json") as response:
                        pages = [page for page in await response.json() if page["type"] == "page"]
                        address: str = pages[0]["webSocketDebuggerUrl"]
                        return address
                except ClientError, IndexError:
                    await asyncio.sleep(0.1)

    async def _command(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        while True:
            answer = await self._socket.receive_json()
            if answer.get("id") == self._number:
                result: dict[str, Any] = answer["result"]
                return result
