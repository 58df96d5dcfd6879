from pipeline.tracking.models.registration import data_place


def test_the_place_of_the_data_holds_no_password(config):
    def place(path):
        return data_place(config.model_copy(update={"data": config.data.model_copy(update={"path": path})}))

    assert place("https://ann:secret@host.example/photos/?key=secret") == "https://host.example/photos"
    assert place("/home/ann@work/photos/") == "/home/ann@work/photos"
    assert place(None) == config.data.name
