"""Run llama.cpp's own server, as the wheel `xllamacpp` carries it, with a model on the processor.

Usage: llama_server.py FILE.gguf PORT     (API_KEY: the key that it asks for)
"""

import os
import signal
import sys

import xllamacpp

parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.model_alias = {"tiny-random"}
parameters.hostnames = ["127.0.0.1"]
parameters.port = int(sys.argv[2])
parameters.api_keys = [key] if (key := os.environ.get("API_KEY")) else []
parameters.n_ctx = 2048
# One answer at a time, as long as it is asked to be: a test sees when the server is free again.
parameters.n_parallel = 1
parameters.ctx_shift = True
# A thread that waits for another turns in circles; on busy cores that makes it hundreds of times
# slower.
parameters.cpuparams.n_threads = 1
parameters.ui = False

server = xllamacpp.Server(parameters)
signal.pause()
