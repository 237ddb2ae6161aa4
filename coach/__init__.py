"""Turn recordings of support calls into coaching, offline."""

import os

__version__ = "0.1.0"

# onnxruntime reports what runs it to its maker, from native code and over the network, unless this is set
# before it is loaded. Nothing may leave this computer, whatever the user's environment says.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
