"""The engines that there are, by the key that a chunk's `backend_type` names.

A new engine is a module here and a line in one of these tables.
"""

TEXT_ENGINES = {
    "wortwerkstatt": "pipelines.engines.wortwerkstatt.Wortwerkstatt",
}
MEDIA_ENGINES = {
    "formwerkstatt": "pipelines.engines.formwerkstatt.Formwerkstatt",
}
# Runs of one engine share its capacity, so a lane is an engine.
LANES = {
    "formwerkstatt": 1,
}
# Engines that the catalog describes and that this installation has no adapter for.
PLANNED_ENGINES = (
    "swarmui",
    "comfyui",
    "openai_images",
    "gemini",
    "openrouter",
    "ollama",
    "openai_chat",
)
