from pipeline.base.markdown import markdown_table


def test_a_table_has_a_heading_a_rule_and_a_line_per_row():
    table = markdown_table(("name", "count"), [("a", 1), ("b", 20)], "lr")
    assert table == "| name | count |\n| --- | ---: |\n| a | 1 |\n| b | 20 |\n"
