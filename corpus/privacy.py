"""Switch off the telemetry of the libraries used, before any of them is imported.

Each reads its variable on import. onnxruntime's would be sent from native code, where no Python test sees it.
"""

import os

for _variable, _value in {
    "ANONYMIZED_TELEMETRY": "False",  # chromadb
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime
    "HF_HUB_DISABLE_TELEMETRY": "1",  # huggingface_hub
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",  # streamlit
    "LANGSMITH_TRACING": "false",  # langchain
    "DO_NOT_TRACK": "1",
}.items():
    os.environ[_variable] = _value
