"""How good it is: the fixed question set, measures, baselines, reports and the gate."""

import corpus.privacy  # noqa: F401 - telemetry off before anything imports onnxruntime
