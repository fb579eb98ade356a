// comps put|show|delete: your own sold prices on a server, for all batches that follow.
// SPDX-License-Identifier: MIT
#include "tools/cli/comps.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <istream>
#include <memory>
#include <ostream>

#include "tools/cli/analyze_streams.hpp"
#include "tools/cli/client_action.hpp"
#include "tools/cli/number_text.hpp"
#include "tools/cli/server_options.hpp"

namespace assay::tools {
namespace {

struct CompsCommandOptions {
    ServerOptions server;
    std::string file, format, currency, columns;
};

// What the server says of its book, for people.
void print_comps(CommandContext& context, const boost::json::value& book) {
    std::ostream& out = context.out;
    const std::string newest = text_member(book, "newest");
    out << grouped(integer_member(book, "rows")) << " sold prices of "
        << grouped(integer_member(book, "products")) << " products";
    if (!newest.empty())
        out << ", " << printable(text_member(book, "oldest").substr(0, 10)) << " to "
            << printable(newest.substr(0, 10));
    out << "\n  currencies  " << joined_member(book, "currencies") << "\n  version     "
        << integer_member(book, "version") << ", " << printable(text_member(book, "hash"))
        << "\n  uploaded    " << printable(text_member(book, "created_at")) << '\n';
    const auto say = [&](const char* name, const char* text) {
        const std::int64_t count = integer_member(book, name);
        if (count > 0) out << "  " << grouped(count) << " " << text << '\n';
    };
    say("undated", "without a date");
    say("duplicates", "rows named a sale again, and count once");
    if (const auto* remarks = member(book, "remarks"); remarks != nullptr && remarks->is_array()) {
        for (const auto& remark : remarks->get_array()) {
            if (remark.is_string()) out << "  " << printable(remark.get_string()) << '\n';
        }
    }
    say("skipped", "rows were left out:");
    const auto* faults = member(book, "faults");
    if (faults == nullptr || !faults->is_array()) return;
    constexpr std::size_t shown_max = 10;
    for (std::size_t i = 0; i < faults->get_array().size() && i < shown_max; ++i) {
        const auto& fault = faults->get_array()[i];
        Error error;
        error.line = static_cast<std::uint64_t>(integer_member(fault, "line"));
        error.field = text_member(fault, "param");
        error.message = text_member(fault, "message");
        error.remedy = text_member(fault, "remedy");
        out << "    " << printable(describe(error)) << '\n';
    }
    if (faults->get_array().size() > shown_max) out << "    ... (all of them: --json)\n";
}

int show(const boost::json::value& book, const ServerOptions& server, CommandContext& context) {
    if (server.json) {
        print_json(context, book);
    } else {
        print_comps(context, book);
    }
    return exit_ok;
}

int run_put(const CompsCommandOptions& options, ApiClient& client, CommandContext& context) {
    AnalyzeInput input;
    const auto opened = input.open(options.file, options.format, context.in);
    if (!opened) return report(context, opened.error());
    if (input.format == engine::InputFormat::json) {
        return report(context, fail(ErrorCode::unsupported_media,
                                    options.file + " is one JSON document, not sold prices", {},
                                    "send CSV, or NDJSON with one sale a line"));
    }
    std::string query;
    for (const auto& [name, value] :
         {std::pair{"currency", &options.currency}, std::pair{"columns", &options.columns}}) {
        if (value->empty()) continue;
        query += (query.empty() ? "?" : "&") + std::string(name) + "=" + url_encoded(*value);
    }
    std::istream bytes(&*input.buffer);
    ApiClient::Upload upload;
    upload.method = "PUT";
    upload.path = "/v1/comps" + query;
    upload.content_type =
        input.format == engine::InputFormat::csv ? "text/csv" : "application/x-ndjson";
    upload.gzip = input.gzip;
    upload.read = [&bytes](char* buffer, std::size_t size) {
        bytes.read(buffer, static_cast<std::streamsize>(size));
        return static_cast<std::size_t>(bytes.gcount());
    };
    const auto book = client.upload(upload);
    if (!book) return report(context, book.error());
    return show(*book, options.server, context);
}

int run_show(const CompsCommandOptions& options, ApiClient& client, CommandContext& context) {
    const auto book = client.get("/v1/comps");
    if (!book) return report(context, book.error());
    return show(*book, options.server, context);
}

int run_delete(const CompsCommandOptions&, ApiClient& client, CommandContext& context) {
    const auto gone = client.remove("/v1/comps");
    if (!gone) return report(context, gone.error());
    context.error << "Removed. Batches that run with these prices end with them.\n";
    return exit_ok;
}

}  // namespace

void add_comps(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<CompsCommandOptions>();
    CLI::App* comps = application.add_subcommand(
        "comps", "Your own sold prices on a server: what products are priced from");
    comps->group(group_client);
    comps->require_subcommand(1);
    CLI::App* put =
        add_client_action(*comps, "put", "Upload sold prices; they replace those from before",
                          options, context, run_put);
    put->add_option("file", options->file, "Sold prices: .csv, .ndjson, also .gz, or -")
        ->required()
        ->type_name("");
    put->add_option("--format", options->format,
                    "How to read it; default: by its name, else by its first bytes")
        ->check(CLI::IsMember({"csv", "ndjson"}))
        ->type_name("FORMAT");
    put->add_option("--currency", options->currency, "Of rows that name none, e.g. EUR")
        ->type_name("CODE");
    put->add_option("--columns", options->columns,
                    "Name columns that are not understood: price=Betrag,ean=Code")
        ->type_name("FIELD=HEADER,...");
    put->footer(
        "A row is one sale: its price, what was sold (gtin, upc, ean, isbn, asin, or\n"
        "brand with model or mpn), and where you have them currency, shipping, sold_at,\n"
        "condition, title, qty, source, id, match, kind (sold or active). Headers in\n"
        "English, German, Spanish and French are known. Rows that cannot be used are left\n"
        "out and listed.\n\n"
        "Batches accepted from then on are priced with them; running ones keep what they\n"
        "began with. The key needs the scope manage.\n\n"
        "Examples:\n"
        "  assay comps put sold.csv --currency EUR\n"
        "  assay comps put orders.csv --columns price=Betrag,sold_at=Datum\n"
        "  assay comps show --json\n");
    add_client_action(*comps, "show", "How many there are, from when to when, what was left out",
                      options, context, run_show);
    add_client_action(*comps, "delete", "Remove them", options, context, run_delete);
    comps->footer("Example: assay comps put sold.csv --currency EUR\n");
}

}  // namespace assay::tools
