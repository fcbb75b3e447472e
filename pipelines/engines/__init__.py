"""The engines that there are, by the key that a chunk's `backend_type` names.

A new engine is a module here and a line in one of these tables; `pipelines.servers.inventory`
connects it.
"""

TEXT_ENGINES = {
    "wortwerkstatt": "pipelines.engines.embedded.wortwerkstatt.Wortwerkstatt",
    "ollama": "pipelines.engines.ollama.Ollama",
    "openai_chat": "pipelines.engines.openai_chat.OpenAIChat",
    "openrouter": "pipelines.engines.openrouter_chat.OpenRouterChat",
}
MEDIA_ENGINES = {
    "formwerkstatt": "pipelines.engines.embedded.formwerkstatt.Formwerkstatt",
    "sketch_templates": "pipelines.engines.embedded.p5.SketchTemplates",
    "swarmui": "pipelines.engines.swarmui.SwarmUI",
    "comfyui": "pipelines.engines.comfyui.ComfyUI",
    "openai_images": "pipelines.engines.openai_images.OpenAIImages",
    "gemini": "pipelines.engines.gemini.Gemini",
    "openrouter": "pipelines.engines.openrouter_images.OpenRouterImages",
}
# Where a chunk's media type is code, a language model of TEXT_ENGINES writes it through this one.
CODE_ENGINE = "pipelines.engines.embedded.p5.SketchWriter"

# They follow rules of ours; pages say so: no AI is at work.
RULE_BASED = frozenset({"wortwerkstatt", "formwerkstatt", "sketch_templates"})
