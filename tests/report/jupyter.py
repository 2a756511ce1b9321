"""JupyterLab as a person starts it, in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import denpa as dp

SOURCE = Path(dp.__file__).parents[1]
QUIET = (
    "--no-browser", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--IdentityProvider.token=",
    "--ServerApp.password=", "--ServerApp.allow_root=True", "--LabApp.news_url=",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)  # fmt: skip


def notebook(path: Path, *cells: str) -> None:
    """Write a notebook of code that was not run."""
    made = [
        {"cell_type": "code", "id": f"c{k}", "metadata": {}, "source": text, "outputs": [],
         "execution_count": None}
        for k, text in enumerate(cells)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(book), "utf-8")


@contextmanager
def lab(folder: Path, state: Path, seconds: float = 90.0) -> Iterator[str]:
    """The address of a JupyterLab that serves `folder`; its own files are in `state`.

    Errors: RuntimeError with what the server said, where it does not start in time.
    """
    runtime = state / "runtime"
    rooms = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR", "JUPYTERLAB_SETTINGS_DIR",
             "JUPYTERLAB_WORKSPACES_DIR")  # fmt: skip
    own = {room: str(state / room.lower()) for room in rooms}
    more = {"JUPYTER_RUNTIME_DIR": str(runtime), "PYTHONPATH": str(SOURCE)}
    environment = {**os.environ, **own, **more}
    log = state / "log"
    with log.open("wb") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *QUIET, f"--ServerApp.root_dir={folder}"],
            cwd=folder, env=environment, stdout=said, stderr=said,
        )  # fmt: skip
    try:
        until = time.monotonic() + seconds
        while not (found := _address(runtime, server.pid)):
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"JupyterLab does not start:\n{log.read_text('utf-8')}")
            time.sleep(0.1)
        yield found
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _address(runtime: Path, process: int) -> str:
    try:
        told: Any = json.loads((runtime / f"jpserver-{process}.json").read_text("utf-8"))
    except (OSError, ValueError):  # not there yet, or half of it
        return ""
    return f"http://127.0.0.1:{told['port']}"
