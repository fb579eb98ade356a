// The names of the ladder and their aliases, in one table.
// SPDX-License-Identifier: MIT
#include "engine/batch/condition.hpp"

#include <array>
#include <cassert>

#include "engine/batch/key_table.hpp"

namespace assay::engine {
namespace {

constexpr std::array<std::string_view, condition_count> names = {"new",
                                                                 "new_other",
                                                                 "new_defects",
                                                                 "refurb_cert",
                                                                 "refurb_excellent",
                                                                 "refurb_very_good",
                                                                 "refurb_good",
                                                                 "refurb_seller",
                                                                 "like_new",
                                                                 "very_good",
                                                                 "good",
                                                                 "acceptable",
                                                                 "parts",
                                                                 "unknown"};

struct Alias {
    std::string_view text;  // lower case, letters and digits only, accents spelled out
    Condition condition;
};

using enum Condition;

// Where a word is vague, the cheaper reading wins: a buyer loses money by hoping. So the bare
// "used" is `good`, not `very_good`, although eBay's id 3000 is named USED_EXCELLENT.
// Manifest words: "Customer Returns" are opened, untested and mostly working: `good`.
// "Customer Damage" works at best with marks: `acceptable`. "Defective" and "Salvage": `parts`.
// "Overstock" and "Shelf Pull" never reached a customer: `new_other`, as the boxes have stickers.
// clang-format off
constexpr Alias aliases[] = {
    {"new", new_}, {"1000", new_}, {"brandnew", new_}, {"newinbox", new_}, {"nib", new_},
    {"bnib", new_}, {"nwt", new_}, {"newwithtags", new_}, {"newwithbox", new_}, {"sealed", new_},
    {"factorysealed", new_}, {"neu", new_}, {"neuware", new_}, {"aware", new_}, {"ovp", new_},
    {"neuovp", new_}, {"originalverpackt", new_}, {"neumitetikett", new_}, {"fabrikneu", new_},
    {"newother", new_other}, {"1500", new_other}, {"openbox", new_other}, {"newopenbox", new_other},
    {"newwithouttags", new_other}, {"newwithoutbox", new_other}, {"newotherseedetails", new_other},
    {"nwot", new_other}, {"overstock", new_other}, {"shelfpull", new_other},
    {"shelfpulls", new_other}, {"neusonstige", new_other},
    {"neusonstigesieheartikelbeschreibung", new_other}, {"neuohneetikett", new_other},
    {"neuohneovp", new_other}, {"neugeoeffnet", new_other}, {"restposten", new_other},
    {"neuwertigovp", new_other}, {"newdefects", new_defects}, {"1750", new_defects},
    {"newwithdefects", new_defects}, {"newwithimperfections", new_defects},
    {"neumitfehlern", new_defects}, {"neumitmaengeln", new_defects}, {"iiwahl", new_defects},
    {"2wahl", new_defects}, {"refurbcert", refurb_cert}, {"2000", refurb_cert},
    {"certifiedrefurbished", refurb_cert}, {"manufacturerrefurbished", refurb_cert},
    {"zertifiziertgeneralueberholt", refurb_cert}, {"zertifiziertrefurbished", refurb_cert},
    {"vomherstellergeneralueberholt", refurb_cert}, {"refurbexcellent", refurb_excellent},
    {"2010", refurb_excellent}, {"excellentrefurbished", refurb_excellent},
    {"refurbishedexcellent", refurb_excellent}, {"refurbishedhervorragend", refurb_excellent},
    {"refurbverygood", refurb_very_good}, {"2020", refurb_very_good},
    {"verygoodrefurbished", refurb_very_good}, {"refurbishedverygood", refurb_very_good},
    {"refurbishedsehrgut", refurb_very_good}, {"refurbgood", refurb_good}, {"2030", refurb_good},
    {"goodrefurbished", refurb_good}, {"refurbishedgood", refurb_good},
    {"refurbishedgut", refurb_good}, {"refurbseller", refurb_seller}, {"2500", refurb_seller},
    {"sellerrefurbished", refurb_seller}, {"refurbished", refurb_seller}, {"refurb", refurb_seller},
    {"renewed", refurb_seller}, {"reconditioned", refurb_seller},
    {"generalueberholt", refurb_seller}, {"vomverkaeufergeneralueberholt", refurb_seller},
    {"aufbereitet", refurb_seller}, {"likenew", like_new}, {"2750", like_new}, {"2990", like_new},
    {"usedlikenew", like_new}, {"mint", like_new}, {"asnew", like_new}, {"gradeaplus", like_new},
    {"aplus", like_new}, {"gradea", like_new}, {"a", like_new}, {"wieneu", like_new},
    {"neuwertig", like_new}, {"bware", like_new}, {"vorfuehrer", like_new},
    {"vorfuehrgeraet", like_new}, {"ausstellungsstueck", like_new}, {"displaymodel", like_new},
    {"exdisplay", like_new}, {"verygood", very_good}, {"4000", very_good},
    {"usedverygood", very_good}, {"usedexcellent", very_good}, {"excellent", very_good},
    {"gradeb", very_good}, {"b", very_good}, {"sehrgut", very_good},
    {"gebrauchtsehrgut", very_good}, {"hervorragend", very_good}, {"preownedexcellent", very_good},
    {"good", good}, {"5000", good}, {"3000", good}, {"used", good}, {"usedgood", good},
    {"preowned", good}, {"secondhand", good}, {"gradec", good}, {"c", good},
    {"customerreturn", good}, {"customerreturns", good}, {"return", good}, {"returns", good},
    {"retoure", good}, {"retouren", good}, {"kundenretoure", good}, {"kundenretouren", good},
    {"gut", good}, {"gebraucht", good}, {"gebrauchtgut", good}, {"usedworking", good},
    {"testedworking", good}, {"acceptable", acceptable}, {"6000", acceptable},
    {"usedacceptable", acceptable}, {"3010", acceptable}, {"fair", acceptable},
    {"usedfair", acceptable}, {"preownedfair", acceptable}, {"poor", acceptable},
    {"graded", acceptable}, {"d", acceptable}, {"cware", acceptable},
    {"customerdamage", acceptable}, {"customerdamaged", acceptable}, {"damaged", acceptable},
    {"carrierdamage", acceptable}, {"akzeptabel", acceptable}, {"gebrauchtakzeptabel", acceptable},
    {"beschaedigt", acceptable}, {"transportschaden", acceptable},
    {"starkegebrauchsspuren", acceptable}, {"parts", parts}, {"7000", parts}, {"forparts", parts},
    {"forpartsornotworking", parts}, {"partsonly", parts}, {"notworking", parts},
    {"nonfunctional", parts}, {"broken", parts}, {"defective", parts}, {"defect", parts},
    {"faulty", parts}, {"salvage", parts}, {"scrap", parts}, {"spares", parts},
    {"sparesorrepair", parts}, {"asis", parts}, {"gradee", parts}, {"e", parts}, {"dware", parts},
    {"defekt", parts}, {"bastler", parts}, {"fuerbastler", parts}, {"ersatzteile", parts},
    {"alsersatzteil", parts}, {"alsersatzteildefekt", parts}, {"kaputt", parts},
    {"unknown", unknown}, {"unbekannt", unknown}, {"mixed", unknown}, {"untested", unknown},
    {"ungeprueft", unknown}, {"ungetestet", unknown}, {"notspecified", unknown},
    // Spanish and French
    {"nuevo", new_}, {"nuevoconetiquetas", new_}, {"nuevoprecintado", new_}, {"precintado", new_},
    {"neuf", new_}, {"neufavecetiquette", new_}, {"neufavecetiquettes", new_},
    {"neufsousblister", new_}, {"nuevosinetiquetas", new_other}, {"nuevootros", new_other},
    {"nuevoabierto", new_other}, {"cajaabierta", new_other}, {"neufsansetiquette", new_other},
    {"neufautre", new_other}, {"neufautrevoirdetails", new_other}, {"boiteouverte", new_other},
    {"excedentes", new_other}, {"reacondicionadocertificado", refurb_cert},
    {"reacondicionadoporelfabricante", refurb_cert}, {"reconditionneparlefabricant", refurb_cert},
    {"reconditionnecertifie", refurb_cert}, {"reacondicionado", refurb_seller},
    {"restaurado", refurb_seller}, {"reacondicionadoporelvendedor", refurb_seller},
    {"reconditionne", refurb_seller}, {"reconditionneparlevendeur", refurb_seller},
    {"remisaneuf", refurb_seller}, {"comonuevo", like_new}, {"seminuevo", like_new},
    {"commeneuf", like_new}, {"etatneuf", like_new}, {"muybueno", very_good},
    {"muybuenestado", very_good}, {"usadomuybueno", very_good}, {"tresbon", very_good},
    {"tresbonetat", very_good}, {"occasiontresbonetat", very_good}, {"bueno", good},
    {"buenestado", good}, {"usado", good}, {"usadobueno", good}, {"segundamano", good},
    {"bon", good}, {"bonetat", good}, {"occasion", good}, {"doccasion", good},
    {"occasionbonetat", good}, {"utilise", good}, {"devolucion", good}, {"devoluciones", good},
    {"devolucionesdeclientes", good}, {"retourclient", good}, {"retoursclients", good},
    {"aceptable", acceptable}, {"usadoaceptable", acceptable}, {"danado", acceptable},
    {"acceptableetat", acceptable}, {"etatacceptable", acceptable}, {"etatcorrect", acceptable},
    {"etatsatisfaisant", acceptable}, {"abime", acceptable}, {"endommage", acceptable},
    {"paradespiece", parts}, {"parapiezas", parts}, {"pararepuestos", parts}, {"nofunciona", parts},
    {"defectuoso", parts}, {"averiado", parts}, {"roto", parts}, {"pourpieces", parts},
    {"pourpiecesnefonctionnepas", parts}, {"pourpiecesounefonctionnantpas", parts},
    {"enpanne", parts}, {"defectueux", parts}, {"hs", parts}, {"nefonctionnepas", parts},
    {"desconocido", unknown}, {"inconnu", unknown}, {"sinprobar", unknown}, {"nonteste", unknown},
};
// clang-format on

constexpr auto make_alias_table() {
    std::array<std::string_view, std::size(aliases)> texts{};
    for (std::size_t i = 0; i < texts.size(); ++i)
        texts[i] = aliases[i].text;
    return KeyTable<std::size(aliases)>(texts);
}
constexpr auto alias_table = make_alias_table();

constexpr std::size_t text_max = 48;  // longer than any alias: such a text is none

// The second byte of a two-byte UTF-8 letter (first byte 0xC3) as German spells it out; Spanish and
// French drop the accent.
std::string_view spelled_out(unsigned char second) noexcept {
    switch (second) {
        case 0x84:
        case 0xa4:
            return "ae";
        case 0x96:
        case 0xb6:
            return "oe";
        case 0x9c:
        case 0xbc:
            return "ue";
        case 0x9f:
            return "ss";
        case 0x80:
        case 0x81:
        case 0x82:
        case 0xa0:
        case 0xa1:
        case 0xa2:
            return "a";
        case 0x87:
        case 0xa7:
            return "c";
        case 0x88:
        case 0x89:
        case 0x8a:
        case 0xa8:
        case 0xa9:
        case 0xaa:
            return "e";
        case 0x8d:
        case 0x8e:
        case 0xad:
        case 0xae:
            return "i";
        case 0x91:
        case 0xb1:
            return "n";
        case 0x93:
        case 0x94:
        case 0xb3:
        case 0xb4:
            return "o";
        case 0x9a:
        case 0x9b:
        case 0xba:
        case 0xbb:
            return "u";
        default:
            return {};
    }
}

}  // namespace

std::string_view to_string(Condition condition) noexcept {
    assert(static_cast<std::size_t>(condition) < names.size());
    return names[static_cast<std::size_t>(condition)];
}

std::optional<Condition> parse_condition(std::string_view text) noexcept {
    std::array<char, text_max + 4> folded{};
    std::size_t size = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (size >= text_max) return std::nullopt;
        const char c = text[i];
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            folded[size++] = c;
        } else if (c >= 'A' && c <= 'Z') {
            folded[size++] = static_cast<char>(c - 'A' + 'a');
        } else if (c == '+') {
            for (const char letter : std::string_view("plus"))
                folded[size++] = letter;
        } else if (static_cast<unsigned char>(c) == 0xc3 && i + 1 < text.size()) {
            for (const char letter : spelled_out(static_cast<unsigned char>(text[++i])))
                folded[size++] = letter;
        }
    }
    const int found = alias_table.find({folded.data(), size});
    if (found < 0) return std::nullopt;
    return aliases[static_cast<std::size_t>(found)].condition;
}

}  // namespace assay::engine
