"""Answer a turn once, whoever wants it answered: a rerun, a second tab, or the server after a restart."""

import logging
from concurrent.futures import Future

from app.contract import Answer
from app.web.chats import ChatStore, ChatTurn, history
from app.web.engine import Engine
from corpus.errors import AskpostError

_log = logging.getLogger(__name__)


def begin(engine: Engine, chats: ChatStore, turn: ChatTurn) -> "Future[None]":
    """See to it that a turn is being answered; done when its answer (or error) is in ``chats``."""
    return engine.once(turn.id, lambda: _answer(engine, chats, turn.id))


def _answer(engine: Engine, chats: ChatStore, id_: str) -> None:
    # Read again: between the caller's look and now, the turn may have been answered or dropped.
    turn = chats.turn(id_)
    if turn is None or not turn.pending:
        return
    steps = engine.steps.setdefault(turn.id, [])
    try:
        for step in engine.assistant().stream(turn.question, history(chats.turns(turn.chat), turn.n)):
            steps.append(step)
        *_, answer = steps
        assert isinstance(answer, Answer)  # noqa: S101 - the last thing that the stream yields
    except AskpostError as error:
        chats.fail(turn.id, str(error))
    except Exception as error:  # noqa: BLE001 - a reader must see that it failed, whatever it was
        _log.exception("Turn %s cannot be answered", turn.id)
        chats.fail(turn.id, f"This question could not be answered ({type(error).__name__}). Try it again.")
    else:
        chats.finish(turn.id, answer)
    finally:
        engine.steps.pop(turn.id, None)
