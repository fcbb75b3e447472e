"""Static files under hashed names, the imports of our ES modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleAwareStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
