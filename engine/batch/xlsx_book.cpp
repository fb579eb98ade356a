// The small parts of a workbook, each through a handler of its own.
// SPDX-License-Identifier: MIT
#include "engine/batch/xlsx_book.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "engine/base/limits.hpp"

namespace assay::engine {
namespace {

std::int64_t number_of_text(std::string_view text, std::int64_t otherwise) {
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() ? number : otherwise;
}

// The folder of "xl/workbook.xml" is "xl/".
std::string_view folder_of(std::string_view part) {
    return part.substr(0, part.rfind('/') + 1);  // npos + 1 is 0
}

// A relationship's target as a name in the archive.
std::string resolve(std::string_view folder, std::string_view target) {
    std::string path = target.starts_with('/') ? std::string(target.substr(1))
                                               : std::string(folder).append(target);
    for (std::size_t up = path.find("../"); up != std::string::npos; up = path.find("../")) {
        const std::size_t parent = up < 2 ? std::string::npos : path.rfind('/', up - 2);
        const std::size_t begin = parent == std::string::npos ? 0 : parent + 1;
        path.erase(begin, up + 3 - begin);
    }
    return path;
}

struct Relationship {
    std::string id, type, target;  // the type's last word: "worksheet"
};

// "xl/_rels/workbook.xml.rels": what the parts are to each other.
class RelationshipsHandler final : public XmlHandler {
  public:
    explicit RelationshipsHandler(std::string_view folder) : folder_(folder) {}
    bool open(std::string_view name, const XmlAttributes& attributes) override {
        if (name != "Relationship" || attributes["TargetMode"] == "External") return true;
        const std::string_view type = attributes["Type"];
        found.push_back({std::string(attributes["Id"]),
                         std::string(type.substr(type.rfind('/') + 1)),
                         resolve(folder_, attributes["Target"])});
        return found.size() < limits::workbook_parts_max;
    }
    bool close(std::string_view) override { return true; }
    bool text(std::string_view) override { return true; }

    const Relationship* find(std::string_view id) const {
        const auto at = std::find_if(found.begin(), found.end(),
                                     [&](const Relationship& one) { return one.id == id; });
        return at == found.end() ? nullptr : &*at;
    }
    std::string part(std::string_view type) const {
        const auto at = std::find_if(found.begin(), found.end(),
                                     [&](const Relationship& one) { return one.type == type; });
        return at == found.end() ? std::string() : at->target;
    }

    std::vector<Relationship> found;

  private:
    std::string_view folder_;
};

class WorkbookHandler final : public XmlHandler {
  public:
    struct Sheet {
        std::string name, id;
        bool hidden = false;
    };
    bool open(std::string_view name, const XmlAttributes& attributes) override {
        if (name == "workbookPr") dates_from_1904 = attributes.flag("date1904");
        if (name != "sheet") return true;
        const std::string_view state = attributes["state"];
        sheets.push_back({std::string(attributes["name"].substr(0, name_bytes_max)),
                          std::string(attributes["id"]), !state.empty() && state != "visible"});
        return sheets.size() < limits::workbook_sheets_max;
    }
    bool close(std::string_view) override { return true; }
    bool text(std::string_view) override { return true; }

    std::vector<Sheet> sheets;
    bool dates_from_1904 = false;

  private:
    static constexpr std::size_t name_bytes_max = 124;  // Excel: 31 characters
};

// <si><t>plain</t></si>, <si><r><t>rich </t></r><r><t>text</t></r><rPh>how it sounds</rPh></si>
class SharedTextsHandler final : public XmlHandler {
  public:
    explicit SharedTextsHandler(SharedTexts& texts) : texts_(texts) {}
    bool open(std::string_view name, const XmlAttributes&) override {
        if (name == "si") text_.clear();
        if (name == "rPh") sounds_ = true;
        in_text_ = name == "t" && !sounds_;
        return true;
    }
    bool close(std::string_view name) override {
        in_text_ = false;
        if (name == "rPh") sounds_ = false;
        if (name != "si") return true;
        plain_.clear();
        append_unescaped(plain_, text_);
        full = full || !texts_.has_room(plain_.size());
        if (!full) texts_.add(plain_);
        return !full;
    }
    bool text(std::string_view piece) override {
        // What is longer than a cell may be is cut one byte above that, so that it shows.
        const std::size_t room = limits::string_bytes_max + 1 - text_.size();
        if (in_text_) text_.append(piece.substr(0, room));
        return true;
    }

    bool full = false;

  private:
    SharedTexts& texts_;
    std::string text_, plain_;
    bool in_text_ = false, sounds_ = false;
};

// Number formats of cells: <cellXfs> name them by number, <numFmts> say what the numbers mean.
class StylesHandler final : public XmlHandler {
  public:
    bool open(std::string_view name, const XmlAttributes& attributes) override {
        if (name == "cellXfs") in_cells_ = true;
        if (name == "numFmt" && codes_.size() < limits::cell_formats_max) {
            codes_.emplace_back(number_of_text(attributes["numFmtId"], 0),
                                parse_number_format(attributes["formatCode"]));
        }
        if (name == "xf" && in_cells_) ids_.push_back(number_of_text(attributes["numFmtId"], 0));
        return ids_.size() < limits::cell_formats_max;
    }
    bool close(std::string_view name) override {
        if (name == "cellXfs") in_cells_ = false;
        return true;
    }
    bool text(std::string_view) override { return true; }

    std::vector<CellFormat> formats() {
        std::stable_sort(codes_.begin(), codes_.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        std::vector<CellFormat> out;
        for (const std::int64_t id : ids_) {
            const auto named = std::lower_bound(
                codes_.begin(), codes_.end(), id,
                [](const auto& code, std::int64_t wanted) { return code.first < wanted; });
            const bool own = named != codes_.end() && named->first == id;
            out.push_back(own ? named->second : builtin_number_format(id));
        }
        return out;
    }

  private:
    std::vector<std::pair<std::int64_t, CellFormat>> codes_;
    std::vector<std::int64_t> ids_;
    bool in_cells_ = false;
};

std::string relationships_of(std::string_view part) {
    const std::string_view folder = folder_of(part);
    return std::string(folder).append("_rels/").append(part.substr(folder.size())).append(".rels");
}

// The part that the archive itself names as its document.
Result<std::string> find_workbook(ZipParts& parts) {
    RelationshipsHandler root("");
    if (parts.has("_rels/.rels")) {
        if (auto read = read_xml_part(parts, "_rels/.rels", root); !read) return read.error();
    }
    std::string named = root.part("officeDocument");
    return named.empty() ? std::string("xl/workbook.xml") : named;
}

Result<void> read_texts(ZipParts& parts, const std::string& part, SharedTexts& texts) {
    if (part.empty()) return {};
    SharedTextsHandler handler(texts);
    auto read = read_xml_part(parts, part, handler);
    if (read && handler.full) {
        return fail(ErrorCode::payload_too_large,
                    "is a workbook with more than " +
                        std::to_string(limits::shared_text_bytes_max >> 20) + " MiB of texts",
                    {}, "split it into several files, or save the table as CSV");
    }
    return read;
}

}  // namespace

bool SharedTexts::has_room(std::size_t bytes) const noexcept {
    return bytes_.size() + bytes <= limits::shared_text_bytes_max &&
           ends_.size() < limits::shared_texts_max;
}

void SharedTexts::add(std::string_view text) {
    bytes_ += text;
    ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
}

Result<void> read_xml_part(ZipParts& parts, std::string_view name, XmlHandler& handler) {
    XmlReader xml(handler);
    bool more = true;
    auto read = parts.read(name, [&](std::string_view bytes) -> Result<bool> {
        auto fed = xml.feed(bytes);
        if (fed) more = *fed;
        return fed;
    });
    if (read && more) {
        if (auto finished = xml.finish(); !finished) read = finished.error();
    }
    if (read || read.error().code != ErrorCode::unsupported_media) return read;
    Error error = read.error();
    if (!error.remedy.empty()) return error;  // of the archive
    error.message =
        "is a workbook that is damaged: its part \"" + std::string(name) + "\" " + error.message;
    error.remedy = "open it and save it anew as .xlsx, or save the table as CSV";
    return error;
}

Result<XlsxBook> read_xlsx_book(ZipParts& parts) {
    XlsxBook book;
    const auto part = find_workbook(parts);
    if (!part) return part.error();
    WorkbookHandler workbook;
    if (auto read = read_xml_part(parts, *part, workbook); !read) return read.error();
    book.dates_from_1904 = workbook.dates_from_1904;
    const std::string_view folder = folder_of(*part);
    RelationshipsHandler relations(folder);
    if (const std::string name = relationships_of(*part); parts.has(name)) {
        if (auto read = read_xml_part(parts, name, relations); !read) return read.error();
    }
    for (WorkbookHandler::Sheet& sheet : workbook.sheets) {
        const Relationship* relation = relations.find(sheet.id);
        if (relation == nullptr || relation->type != "worksheet") continue;
        book.sheets.push_back({std::move(sheet.name), relation->target, sheet.hidden});
    }
    if (auto read = read_texts(parts, relations.part("sharedStrings"), book.texts); !read)
        return read.error();
    if (const std::string styles = relations.part("styles"); !styles.empty()) {
        StylesHandler handler;
        if (auto read = read_xml_part(parts, styles, handler); !read) return read.error();
        book.formats = handler.formats();
    }
    return book;
}

}  // namespace assay::engine
