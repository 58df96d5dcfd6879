"""What classifies an image, without the rest of the project: a registered model carries a copy of this folder.

So its files import each other with relative imports, and otherwise only NumPy, pandas, Pillow, OpenVINO and MLflow.
"""
