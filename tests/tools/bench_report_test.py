"""The figures, table, plots and page of tools/bench, on numbers whose answers are known."""
import sys
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import bench_plot as plot  # noqa: E402
import bench_readings as readings  # noqa: E402
import bench_report as report  # noqa: E402
from bench_report import Fact, Pair, Reading, Row  # noqa: E402


def row(ratios, bar=0.8, peer=100.0, **more):
    pairs = tuple(Pair(ratio * peer, peer) for ratio in ratios)
    return Row("memory", "dispatch from memory", "wrk", "a second", bar, pairs, **more)


class Figures(unittest.TestCase):
    def test_a_ratio_is_the_median_of_the_pairs_not_the_ratio_of_medians(self):
        pairs = [Pair(10, 10), Pair(40, 80), Pair(90, 100)]
        self.assertEqual(report.median_ratio(pairs), 0.9)

    def test_an_even_number_of_pairs_takes_the_middle_of_two(self):
        self.assertAlmostEqual(report.median_ratio([Pair(1, 2), Pair(3, 4)]), 0.625)

    def test_spread_is_a_share_of_the_median(self):
        self.assertAlmostEqual(report.spread([90, 100, 120]), 0.3)
        self.assertEqual(report.spread([7]), 0)

    def test_a_row_meets_its_bar_at_the_bar(self):
        self.assertEqual(report.verdict(row([0.8])), "met")
        self.assertEqual(report.verdict(row([0.79])), "missed")
        self.assertEqual(report.verdict(row([], failed="no nginx")), "failed: no nginx")
        self.assertEqual(report.verdict(Fact("idle", "memory", "MiB", 30, (29, 31, 30))), "met")
        self.assertEqual(report.verdict(Fact("idle", "memory", "MiB", 30, (31,))), "missed")
        self.assertEqual(report.verdict(Fact("growth", "10 endpoints", "a second", values=(31,))), "-")
        self.assertEqual(report.verdict(Fact("full", "analysis", "a second", least=30, values=(29, 31, 30))), "met")
        self.assertEqual(report.verdict(Fact("full", "analysis", "a second", least=30, values=(29,))), "missed")
        self.assertEqual(report.verdict(row([1.2], bar=1.2, at_most=True)), "met")
        self.assertEqual(report.verdict(row([1.3], bar=1.2, at_most=True)), "missed")
        self.assertEqual(report.verdict(row([5], bar=0)), "-")

    def test_the_words_of_a_row_are_those_of_its_median_run(self):
        runs = [Reading(3, ("c",)), Reading(1, ("a",)), Reading(2, ("b",))]
        self.assertEqual(report.middle(runs).said, ("b",))
        self.assertEqual(report.middle(runs[:2]).said, ("a",))
        self.assertEqual(Reading.of(7.5), Reading(7.5))
        self.assertIs(Reading.of(runs[0]), runs[0])

    def test_numbers_keep_the_digits_that_mean_something(self):
        self.assertEqual([report.number(n) for n in (123456.7, 12.34, 1.234, 0)],
                         ["123,457", "12.3", "1.23", "0.00"])


class Texts(unittest.TestCase):
    def test_the_table_has_a_line_for_every_row_also_failed_ones(self):
        rows = [row([0.5, 0.9, 0.7]), row([], failed="a | b\nc"), Fact("idle", "memory", "MiB", 30, (12,))]
        lines = report.table(rows).splitlines()
        self.assertEqual(lines[2], "| dispatch from memory | 70.0 a second | 100 a second | 0.70 | 57 %, 0 % "
                                   "| 0.80 x wrk | missed |")
        self.assertEqual(lines[3], "| dispatch from memory | - | - | - | - | 0.80 x wrk | failed: a \\| b c |")
        self.assertEqual(lines[4], "| memory | 12.0 MiB | - | - | - | at most 30.0 MiB | met |")
        self.assertEqual(report.table([Fact("growth", "10 endpoints", "a second", values=(100, 110, 120))])
                         .splitlines()[2], "| 10 endpoints | 110 a second | - | - | 18 % | - | - |")
        self.assertEqual(report.table([row([1.5], bar=1.2, at_most=True),
                                       Fact("full", "analysis", "a second", least=30, values=(29,))]).splitlines()[2:],
                         ["| dispatch from memory | 150 a second | 100 a second | 1.50 | - | at most 1.20 x wrk "
                          "| missed |",
                          "| analysis | 29.0 a second | - | - | - | at least 30.0 a second | missed |"])
        for line in lines:
            self.assertEqual(line.replace("\\|", "").count("|"), 8)

    def test_a_peer_that_varies_much_is_named(self):
        steady = Row("a", "a", "b", "", 1, (Pair(1, 100), Pair(1, 105)))
        unsteady = Row("a", "a", "b", "", 1, (Pair(1, 100), Pair(1, 120)))
        self.assertEqual(report.remarks([steady]), "")
        self.assertIn("the peer itself varied by 18 %", report.remarks([unsteady]))

    def test_the_plots_are_xml_with_a_dot_for_every_run(self):
        space = "{http://www.w3.org/2000/svg}"
        rows = [row([0.5, 0.9, 0.7]), row([], failed="x"), Row("b", "a < b", "c", "", 2, (Pair(5, 1),)),
                Fact("idle", "memory", "MiB", 30, (12,)), Fact("growth", "1 KB & more", "a second", values=(8, 4))]
        root = ElementTree.fromstring(plot.bars(rows))
        self.assertEqual(len(root.findall(space + "circle")), 5)
        self.assertIn("a < b", [text.text for text in root.findall(space + "text")])
        root = ElementTree.fromstring(plot.growth(rows))
        self.assertEqual(len(root.findall(space + "circle")), 2)
        self.assertIn("1 KB & more", [text.text for text in root.findall(space + "text")])
        for empty in (plot.bars([]), plot.growth([])):
            ElementTree.fromstring(empty)

    def test_half_of_what_may_be_is_plotted_as_twice_what_must_be(self):
        for one in (row([0.6], bar=1.2, at_most=True), row([1.6]), Fact("f", "f", "ms", 30, (15,)),
                    Fact("f", "f", "GB/s", least=0.5, values=(1,))):
            self.assertAlmostEqual(report.shares_of_bar(one)[0], 2)
        self.assertEqual(report.shares_of_bar(Fact("f", "f", "ns", 50, (0,))), [report.SHARE_MAX])

    def test_a_run_replaces_only_its_own_part_of_the_page(self):
        page = "# Benchmarks\n\nIntro.\n\n## Full analysis\n\nKept.\n"
        once = report.spliced(page, "one")
        self.assertEqual(once, f"# Benchmarks\n\nIntro.\n\n{report.BEGIN}\n\none\n\n{report.END}\n\n"
                               "## Full analysis\n\nKept.\n")
        self.assertEqual(report.spliced(once, "two"), once.replace("\none\n", "\ntwo\n"))
        self.assertTrue(report.spliced("# Empty\n", "one").endswith(report.END + "\n"))

    def test_the_section_says_machine_rows_and_plot(self):
        rows = [row([0.9]), Fact("growth", "10 endpoints", "a second", values=(31,))]
        text = report.section(rows, ["2 cores"], 5, [("How far", "benchmarks.svg")])
        for part in ("5 times, in turn", "- 2 cores", "| met |", "![How far](benchmarks.svg)", "Without a bar"):
            self.assertIn(part, text)
        self.assertLess(text.index("| met |"), text.index("| 10 endpoints |"))
        self.assertNotIn("svg", report.section(rows[:1], [], 1))
        self.assertNotIn("Without a bar", report.section(rows[:1], [], 1))


class Readings(unittest.TestCase):
    def test_wrk_is_believed_only_without_errors(self):
        good = "  200000 requests in 2.00s, 30.0MB read\nRequests/sec: 100000.50\nTransfer/sec:     15.00MB\n"
        self.assertEqual(readings.wrk(good), (100000.5, 200000))
        for bad in ("  Non-2xx or 3xx responses: 5\n", "  Socket errors: connect 0, read 5, write 0, timeout 0\n"):
            with self.assertRaises(readings.Unreadable):
                readings.wrk(good + bad)
        with self.assertRaises(readings.Unreadable):
            readings.wrk("unable to connect")

    def test_openssl_speed_becomes_signatures_a_second(self):
        self.assertEqual(readings.openssl_speed("+H:1024\n+F:9:hmac(sha256):1024000.00\n", 1024), 1000)
        with self.assertRaises(readings.Unreadable):
            readings.openssl_speed("speed: Unknown option", 1024)

    def test_a_benchmark_with_an_error_has_no_figure(self):
        text = '{"benchmarks": [{"name": "hmac<A>/1024", "signatures/s": 5.0},' \
               ' {"name": "hmac<A>/512", "signatures/s": 9.0},' \
               ' {"name": "hmac<B>/1024", "error_occurred": true, "error_message": "wrong digest"}]}'
        self.assertEqual(readings.google_benchmark(text, "hmac<A>/1024", "signatures/s"), 5)
        self.assertEqual(readings.google_benchmark(text, "hmac<A>", "signatures/s"), 9)
        with self.assertRaisesRegex(readings.Unreadable, "no benchmark"):
            readings.google_benchmark("", "other", "signatures/s")  # what a filter prints that fits nothing
        for name, why in (("hmac<B>", "wrong digest"), ("other", "no benchmark")):
            with self.assertRaisesRegex(readings.Unreadable, why):
                readings.google_benchmark(text, name, "signatures/s")

    def test_the_status_of_a_process_is_read_by_whole_names(self):
        text = "VmRSS:\t   20480 kB\nvoluntary_ctxt_switches:\t7\nnonvoluntary_ctxt_switches:\t9\n"
        self.assertEqual(readings.status_value(text, "VmRSS"), 20480)
        self.assertEqual(readings.status_value(text, "voluntary_ctxt_switches"), 7)
        with self.assertRaises(readings.Unreadable):
            readings.status_value(text, "VmSize")

    def test_strace_is_summed_over_its_calls_with_and_without_errors(self):
        text = ("% time     seconds  usecs/call     calls    errors syscall\n"
                "------ ----------- ----------- --------- --------- ----------------\n"
                " 60.00    0.000600           2       300           sendmsg\n"
                " 40.00    0.000400           4       100        25 recvfrom\n"
                "------ ----------- ----------- --------- --------- ----------------\n"
                "100.00    0.001000           2       400        25 total\n")
        self.assertEqual(readings.strace_calls(text), 400)
        with self.assertRaises(readings.Unreadable):
            readings.strace_calls("strace: ptrace: Operation not permitted")

    def test_s_time_says_connections_and_seconds(self):
        text = "3020 connections in 1.30s; 2323.08 connections/user sec, bytes read 0\n" \
               "3020 connections in 3 real seconds, 0 bytes read per connection\n"
        self.assertEqual(readings.s_time(text), (3020, 3))
        with self.assertRaises(readings.Unreadable):
            readings.s_time("Connection refused")

    def test_analyze_says_its_rate_and_where_its_time_went(self):
        text = "20,000 products in 996.63 ms on 2 threads, 20,067 products/s\n" \
               "  identity    15.24 ms\n  price       1.28 s\n  fees        210 us\n"
        self.assertEqual(readings.analyze_rate(text), 20067)
        self.assertEqual(readings.analyze_shares(text),
                         "Analyzers, both threads: price 1,280 ms, identity 15 ms, fees 0 ms")
        for unreadable in (readings.analyze_rate, readings.analyze_shares):
            with self.assertRaises(readings.Unreadable):
                unreadable("nothing")

    def test_a_load_that_lost_something_has_no_figure(self):
        self.assertEqual(readings.deliveries('{"per_second": 7.5, "delivered": 3, "failed": 0}', 3), 7.5)
        for delivered, failed in ((2, 0), (3, 1)):
            with self.assertRaises(readings.Unreadable):
                readings.deliveries(f'{{"per_second": 7.5, "delivered": {delivered}, "failed": {failed}}}', 3)


if __name__ == "__main__":
    unittest.main()
