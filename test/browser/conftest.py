"""JupyterLab with the kernel installed, in a headless Chromium."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

from harness import HANG
from lab import Lab

SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # Every cell stands in the page, also those that are scrolled out of sight.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture(scope="session")
def screenshots(root) -> Path:
    """Where pictures of the page go; not under version control."""
    folder = Path(os.environ.get("HILLOCK_SCREENSHOTS", root / "test" / "screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def server(root, hillock, jupyter_home, tmp_path_factory):
    """JupyterLab, started by `hillock lab` on a copy of notebooks/. Gives the address of a notebook."""
    folder = tmp_path_factory.mktemp("notebooks")
    for notebook in (root / "notebooks").glob("*.ipynb"):
        shutil.copy(notebook, folder)
    settings = jupyter_home / "lab-settings"
    for name, values in SETTINGS.items():
        path = settings / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    port, token = free_port(), secrets.token_hex(16)
    with open(jupyter_home / "lab.log", "w") as log:
        process = subprocess.Popen(
            [
                str(hillock), "lab", str(folder), "--no-browser", "--port", str(port), "--",
                "--allow-root", "--port-retries=0", f"--IdentityProvider.token={token}",
                "--LabApp.expose_app_in_browser=True",
            ],
            env=os.environ
            | {
                "JUPYTERLAB_SETTINGS_DIR": str(settings),
                "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            },
            stdout=log,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    try:
        wait_until_served(f"{base}/api/status?token={token}", process, jupyter_home / "lab.log")
        yield lambda name: f"{base}/lab/tree/{name}?token={token}&reset"
    finally:
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        process.terminate()
        for straggler in psutil.wait_procs(family, timeout=20)[1]:
            straggler.kill()


def wait_until_served(url: str, process: subprocess.Popen, log: Path) -> None:
    def served(_):
        assert process.poll() is None, log.read_text()
        try:
            return urllib.request.urlopen(url, timeout=5).status == 200
        except OSError:
            return False

    WebDriverWait(None, HANG).until(served)


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    profile = tmp_path_factory.mktemp("chromium")
    for flag in (
        "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
        "--window-size=1150,1250", "--force-device-scale-factor=1", f"--user-data-dir={profile}",
    ):  # fmt: skip
        options.add_argument(flag)
    driver = webdriver.Chrome(options, Service(os.environ.get("CHROMEDRIVER") or shutil.which("chromedriver")))
    driver.set_script_timeout(HANG)
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def quickstart(browser, server, screenshots) -> Lab:
    """quickstart.ipynb, open and with its kernel ready."""
    lab = Lab(browser, screenshots)
    lab.open(server("quickstart.ipynb"))
    return lab
