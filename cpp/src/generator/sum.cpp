#include <algorithm>
#include <map>

#include "redfield/base/errors.hpp"
#include "redfield/generator/lambda_generator.hpp"

namespace redfield {

namespace {

using Parts = std::vector<std::shared_ptr<const Generator>>;

/// Dissipators beside one rotation −i[H, ρ] in the eigenbasis, which is none of theirs.
class Sum final : public Generator {
  public:
    explicit Sum(Parts parts) : Generator(parts.front()->eigensystem()), parts_(std::move(parts)) {}
    const Parts& parts() const { return parts_; }

    using Generator::apply;
    void dissipate(const ConstRef& rho, MutableRef out, linalg::Workspace& ws) const override {
        require_states(rho, out);
        parts_.front()->dissipate(rho, out, ws);
        RealMatrix part(rho.rows(), rho.cols());
        for (std::size_t i = 1; i < parts_.size(); ++i) {
            parts_[i]->dissipate(rho, part, ws);
            out += part;
        }
    }
    SpectralBounds bounds() const override {
        const double bandwidth = eigensystem().bandwidth();
        SpectralBounds total{bandwidth, 0.0};
        for (const auto& part : parts_) {
            total.half_height += std::max(0.0, part->bounds().half_height - bandwidth);
            total.decay += part->bounds().decay;
        }
        return total;
    }
    bool conserves_trace() const override {
        return std::all_of(parts_.begin(), parts_.end(),
                           [](const auto& part) { return part->conserves_trace(); });
    }
    std::shared_ptr<const Generator> adjoint(double max_bytes) const override {
        Parts adjoints;
        for (const auto& part : parts_)
            adjoints.push_back(part->adjoint(max_bytes / static_cast<double>(parts_.size())));
        return std::make_shared<Sum>(std::move(adjoints));
    }

  private:
    Parts parts_;
};

}  // namespace

std::shared_ptr<const Generator> sum(const Parts& parts) {
    require(!parts.empty(), "sum: there is nothing to add");
    std::map<Frame, LambdaForm> forms;  // one of each basis
    Parts all;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        require(parts[i] != nullptr, "sum: parts[", i, "] is null");
        require(parts[i]->eigensystem() == parts[0]->eigensystem(), "sum: parts[", i,
                "] does not have the eigensystem of parts[0]");
        const auto form = parts[i]->form();
        if (form == nullptr) {
            all.push_back(parts[i]);
            continue;
        }
        const auto [place, is_new] = forms.emplace(form->frame, *form);
        if (!is_new) place->second = std::move(place->second) + *form;
    }
    for (auto& [frame, form] : forms) all.push_back(std::make_shared<LambdaGenerator>(std::move(form)));
    require(
        all.size() == 1 || !parts[0]->eigensystem().is_given_basis(),
        "sum: of generators that diagonalise nothing only LambdaForms can be added, whose H is known");
    return all.size() == 1 ? all.front() : std::make_shared<Sum>(std::move(all));
}

}  // namespace redfield
