"""The chat in the browser: a Streamlit page over the assistant, with no answering logic of its own.

`app.web.launch.launch` starts it.
"""
