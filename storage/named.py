"""Every column that names a file: sweeping, backup and restore go by this one list."""

from __future__ import annotations

from storage.tables import Adapter, ClassImage, Image, Photo, columns

photos = columns(Photo)
adapters = columns(Adapter)
images = columns(Image)
class_images = columns(ClassImage)

COLUMNS = (
    photos.upright_key,
    photos.crop_key,
    adapters.blob_key,
    images.blob_key,
    class_images.blob_key,
)
