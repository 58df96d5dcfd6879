"""A worker: `keras.Model.predict` of the saved file on decoded images."""

from benchmarks.inference.measured_work import given_work, serve_calls
from pipeline.base.tensorflow_import import import_tensorflow


def main() -> None:
    """Serve `batch`, an array of all images in Keras's batches of 32, and `single`, an array of one."""
    work = given_work()
    import_tensorflow()
    import keras

    model, pixels = keras.models.load_model(work.model, compile=False), work.arrays()
    calls = {
        "batch": (lambda: model.predict(pixels, verbose=0), len(pixels)),
        "single": (lambda: model.predict(pixels[:1], verbose=0), 1),
    }
    facts = {"settings": keras.config.floatx(), "version": keras.__version__, "parameters": model.count_params()}
    serve_calls(calls, facts)


if __name__ == "__main__":
    main()
