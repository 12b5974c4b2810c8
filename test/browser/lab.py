"""A JupyterLab page as a person uses it."""

from __future__ import annotations

from pathlib import Path

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from harness import HANG

# How many colours an image of the page has, and how many of its pixels differ
# from its corner: a blank or broken picture has none.
INK = """
const [img, done] = arguments;
const canvas = document.createElement('canvas');
[canvas.width, canvas.height] = [img.naturalWidth, img.naturalHeight];
const draw = canvas.getContext('2d');
draw.drawImage(img, 0, 0);
const pixels = new Uint32Array(draw.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
done([new Set(pixels).size, pixels.filter(p => p !== pixels[0]).length / pixels.length]);
"""


class Lab:
    """The page, with one notebook open."""

    def __init__(self, driver, screenshots: Path):
        self.driver = driver
        self.screenshots = screenshots

    def wait(self, condition, what: str):
        return WebDriverWait(self.driver, HANG, poll_frequency=0.1).until(
            lambda _: condition(), f"waited in vain for {what}"
        )

    def all(self, selector: str):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def screenshot(self, name: str) -> None:
        self.driver.save_screenshot(str(self.screenshots / f"{name}.png"))

    def command(self, name: str) -> None:
        """Executes one of JupyterLab's commands, as its menus do."""
        self.driver.execute_script("window.jupyterapp.commands.execute(arguments[0])", name)

    def open(self, url: str) -> None:
        self.driver.get(url)
        self.wait(lambda: self.all(".jp-NotebookPanel .jp-CodeCell"), "the notebook")
        self.wait(self.idle, "the kernel")

    def status(self) -> str | None:
        indicators = self.all(".jp-NotebookPanel .jp-Notebook-ExecutionIndicator")
        return indicators[0].get_attribute("data-status") if indicators else None

    def idle(self) -> bool:
        return self.status() == "idle"

    def prompts(self) -> list[str]:
        """The [1]: beside each code cell that is not empty."""
        return [e.get_attribute("textContent") for e in self.all(".jp-CodeCell .jp-InputArea-prompt")]

    def run_all(self) -> None:
        """Runs every cell and waits for the last."""
        self.command("notebook:restart-clear-output")
        self.accept_dialog()
        self.wait(lambda: self.idle() and not any("*" in p for p in self.prompts()), "the restarted kernel")
        self.command("notebook:run-all-cells")
        self.wait(lambda: self.idle() and all(p.strip("[]: ").isdigit() for p in self.prompts()), "every cell to have run")

    def accept_dialog(self) -> None:
        self.wait(lambda: self.all(".jp-Dialog .jp-mod-accept"), "the dialog")[0].click()
        self.wait(lambda: not self.all(".jp-Dialog"), "the dialog to close")

    def errors(self) -> list[str]:
        return [e.text for e in self.all('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]')]

    def pictures(self):
        """The images among the outputs, loaded."""
        images = self.all(".jp-OutputArea-output img")
        self.wait(lambda: all(i.get_property("complete") for i in images), "the pictures to load")
        return images

    def ink(self, image) -> tuple[int, float]:
        """The number of colours of an image, and the share of its pixels that differ from its corner."""
        return tuple(self.driver.execute_async_script(INK, image))

    def new_cell(self, text: str):
        """Adds a cell at the end and types into it, leaving the cursor there."""
        self.driver.execute_script(
            """
            const notebook = window.jupyterapp.shell.currentWidget.content;
            notebook.activeCellIndex = notebook.widgets.length - 1;
            """
        )
        before = len(self.all(".jp-Cell"))
        self.command("notebook:insert-cell-below")
        self.wait(lambda: len(self.all(".jp-Cell")) == before + 1, "the new cell")
        self.command("notebook:enter-edit-mode")
        self.wait(lambda: self.all(".jp-Notebook.jp-mod-editMode .jp-Cell.jp-mod-active .cm-content"), "the editor")
        self.type(text)
        return self.all(".jp-Cell")[-1]

    def type(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()

    def chord(self, *keys: str) -> None:
        chain = ActionChains(self.driver)
        for key in keys:
            chain.key_down(key)
        for key in reversed(keys):
            chain.key_up(key)
        chain.perform()

    def run_cell(self) -> None:
        self.chord(Keys.SHIFT, Keys.ENTER)
