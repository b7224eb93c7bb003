"""Lab 09's widgets: the optimizer race and the learning-curve clinic."""

import numpy as np
import pytest

from course.nn.gradcheck import numeric_gradient
from course.nn.optimizers import Momentum
from course.widgets import curve_clinic, optimizer_race
from course.widgets.curve_clinic import CurveClinic
from course.widgets.optimizer_race import OptimizerRace


@pytest.mark.parametrize("surface", optimizer_race.SURFACES, ids=lambda s: s.name)
def test_surfaces_have_the_gradients_they_claim(surface):
    for w in np.random.default_rng(0).uniform(-1.5, 1.5, (5, 2)):
        np.testing.assert_allclose(surface.gradient(w), numeric_gradient(surface.loss, w, 1e-5), rtol=1e-6, atol=1e-8)


def test_gradient_descent_down_the_ravine_by_hand():
    walk = optimizer_race.run(optimizer_race.RAVINE, optimizer_race.RACERS[0], factor=1.0, steps=2)
    # w1 shrinks by 1 − 0.03 a step, w2 by 1 − 0.03·50 = −0.5
    np.testing.assert_allclose(walk.w, [[-1.8, 0.6], [-1.746, -0.3], [-1.69362, 0.15]])
    assert walk.loss[2] == pytest.approx(0.5 * (1.69362**2 + 50 * 0.15**2))


def test_a_racer_is_the_librarys_optimizer():
    theta, optimizer = np.array(optimizer_race.BEND.start), Momentum(0.02)
    for _ in range(7):
        optimizer.step(theta, optimizer_race.BEND.gradient(theta))
    walk = optimizer_race.run(optimizer_race.BEND, optimizer_race.RACERS[1], factor=2.0, steps=7)
    np.testing.assert_array_equal(walk.w[-1], theta)


def test_who_gets_lost_is_told():
    walks = optimizer_race.race(optimizer_race.RAVINE, optimizer_race.RACERS, factor=10.0, steps=100)
    said = optimizer_race.status(walks)
    assert "Diverged: SGD, Momentum, Nesterov. The rate is too large for them." in said
    assert said.split()[0] in {"Adagrad", "Adadelta", "RMSProp", "Adam"}
    assert optimizer_race.status({}) == "No optimizer is running. Tick one."
    alone = {"SGD": walks["SGD"]}
    assert optimizer_race.status(alone) == "Diverged: SGD. The rate is too large for it."


@pytest.mark.parametrize(("factor", "steps"), [(0.0, 5), (1.0, -1)])
def test_impossible_races_are_refused(factor, steps):
    with pytest.raises(ValueError, match="expected factor > 0 and steps >= 0"):
        optimizer_race.run(optimizer_race.RAVINE, optimizer_race.RACERS[0], factor, steps)


def test_the_race_in_the_window():
    race = OptimizerRace()
    assert list(race.walks) == ["SGD", "Momentum", "Adam"]
    race.runs["Nesterov"].value = True
    race.steps.value = 50
    assert len(race.walks["Nesterov"].loss) == 51
    assert "3" in race.table.value
    assert "Nesterov" in race.text
    ravine = race.ground
    race.surface.value = optimizer_race.SADDLE
    assert race.ground != ravine
    assert "saddle" in race.figure.value
    race.more_button.click()
    assert race.steps.value == 60
    race.reset_button.click()
    assert (race.steps.value, race.factor.value) == (0, 1.0)
    for box in race.runs.values():
        box.value = False
    assert "No optimizer is running" in race.text


def test_every_patient_has_its_own_ailment_and_a_cure():
    assert {p.ailment for p in curve_clinic.PATIENTS} == set(curve_clinic.AILMENTS)
    for patient in curve_clinic.PATIENTS:
        cures = [remedy for remedy in curve_clinic.REMEDIES if curve_clinic.recovers(patient, remedy)]
        assert 0 < len(cures) < len(curve_clinic.REMEDIES), patient.name


def test_the_curves_show_what_the_ailments_say():
    under, over, large, small = map(curve_clinic.examine, curve_clinic.PATIENTS)
    assert under.training[-1] > 0.5
    assert under.training[-1] > 0.8 * under.training[-20]
    assert over.training[-1] < 0.1
    assert over.validation[-1] > 1.2 * over.validation.min()
    assert large.validation[-20:].min() > 10
    assert (np.diff(small.training) < 0).all()
    assert small.training[-1] > 1


def test_stopping_early_keeps_the_best_and_stops():
    patient = curve_clinic.PATIENTS[1]
    stopped = curve_clinic.examine(curve_clinic.REMEDIES["stop early"](patient))
    assert len(stopped.validation) == stopped.validation.argmin() + 1 + 5


def test_the_clinic_in_the_window():
    clinic = CurveClinic()
    assert "Patient A" in clinic.text
    clinic.ailment.value = "overfitting"
    assert "Look again" in clinic.status.value
    clinic.ailment.value = "underfitting"
    assert "Right, patient A suffers from underfitting" in clinic.status.value
    clinic.treat_button.click()
    assert "Choose a remedy first" in clinic.status.value
    clinic.remedy.value = "larger network"
    clinic.treat_button.click()
    assert "it recovers" in clinic.text
    clinic.patient.value = curve_clinic.PATIENTS[1]
    assert clinic.remedy.value == "…"
    assert "Patient B" in clinic.text
    clinic.remedy.value = "ten times the rate"
    clinic.treat_button.click()
    assert "it does not recover" in clinic.text
    clinic.reset_button.click()
    assert "What do the two curves tell you?" in clinic.text
