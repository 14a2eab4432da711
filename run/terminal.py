"""What every command shares: the voice at the terminal, and errors that end in one sentence."""

from collections.abc import Callable

import typer

from core.errors import AssistantError
from core.log import set_up_logging
from core.settings import Settings, load_settings


def say(words: str) -> None:
    """Progress and answers for the person at the terminal."""
    typer.echo(words, err=True)


def with_settings(do: Callable[[Settings], None]) -> None:
    """Run a command; an error of ours is one sentence and exit code 1."""
    try:
        settings = load_settings()
        set_up_logging(settings.log_level, settings.log_format)
        do(settings)
    except AssistantError as error:
        say(f"错误：{error}")
        raise typer.Exit(1) from None
    except OSError as error:
        # A folder that cannot be written, a disk that is full. Without a file's name it is a fault of ours, and we want to see where.
        if error.filename is None:
            raise
        say(f"错误：{error.filename}：{error.strerror}")
        raise typer.Exit(1) from None
