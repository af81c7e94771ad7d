"""A chat as Markdown or JSON, with its citations."""

import json

from app.contract import Answer
from app.web.chats import Chat, ChatTurn
from app.web.text import as_markdown, web_address


def answer_text(question: str, answer: Answer) -> str:
    """A question and its answer as plain text, the citations below it."""
    lines = [question, "", answer.answer, ""]
    for citation in answer.citations:
        where = f"{citation.title}, {citation.section}" if citation.section else citation.title
        lines.append(f"[{citation.n}] {where} ({citation.kind}) {web_address(citation.text_fragment_url)}".rstrip())
    return "\n".join(lines).rstrip()


def answer_markdown(question: str, answer: Answer) -> str:
    """A question and its answer as Markdown, the citations below it."""
    lines = [f"**{as_markdown(question)}**", "", as_markdown(answer.answer)]
    for citation in answer.citations:
        where = as_markdown(f"{citation.title}, {citation.section}" if citation.section else citation.title)
        address = web_address(citation.text_fragment_url)
        link = f" <{address.replace('<', '%3C').replace('>', '%3E')}>" if address else ""
        lines += ["", f"{citation.n}. “{as_markdown(citation.quote)}” — {where} ({citation.kind}).{link}"]
    return "\n".join(lines)


def chat_markdown(chat: Chat, turns: list[ChatTurn]) -> str:
    """A whole chat as Markdown."""
    parts = [f"# {as_markdown(chat.title)}"]
    for turn in turns:
        if turn.answer is not None:
            parts.append(answer_markdown(turn.question, turn.answer))
        else:
            parts.append(f"**{as_markdown(turn.question)}**\n\n{as_markdown(turn.error or 'Not answered yet.')}")
    return "\n\n".join(parts) + "\n"


def chat_json(chat: Chat, turns: list[ChatTurn]) -> str:
    """A whole chat as JSON; each answer in the form of the answer contract."""
    data = {
        "title": chat.title,
        "turns": [
            {
                "question": turn.question,
                "answer": turn.answer.to_json() if turn.answer else None,
                "error": turn.error,
                "thumb": {1: "up", 0: "down"}.get(turn.thumb) if turn.thumb is not None else None,
                "reason": turn.reason,
            }
            for turn in turns
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
