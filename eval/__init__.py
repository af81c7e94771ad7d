"""How good it is: the fixed question set, measures, baselines, reports and the gate."""

import os

# Before anything imports onnxruntime: since 1.29 its Linux builds send telemetry, and from native code, so
# that refusing connections in Python does not show it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
