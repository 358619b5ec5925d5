/**
 * The functions that models in JavaScript are handed as `analytics`, and that programs find under "retain/analytics": one
 * object, so that a model needs no import and works wherever retain itself was installed.
 */
import { expectedPurchasesBgNbd, fitBgNbd, logLikelihoodBgNbd, probabilityAliveBgNbd } from "./bg-nbd.ts";
import { expectedValue, fitGammaGamma, logLikelihoodGammaGamma, populationMeanValue } from "./gamma-gamma.ts";
import { gaussHypergeometric, logGaussHypergeometric } from "./gauss-hypergeometric.ts";
import { discountedLifetimeValue } from "./lifetime-value.ts";
import { logBeta, logGamma } from "./log-gamma.ts";
import { minimize } from "./nelder-mead.ts";
import { expectedPurchasesParetoNbd, fitParetoNbd, logLikelihoodParetoNbd, probabilityAliveParetoNbd } from "./pareto-nbd.ts";
import { findHistoryProblem, findSpendProblem } from "./purchase-history.ts";
import { checkReadiness, usualNeeds } from "./readiness.ts";

export const analytics = Object.freeze({
  fitBgNbd,
  logLikelihoodBgNbd,
  probabilityAliveBgNbd,
  expectedPurchasesBgNbd,
  fitParetoNbd,
  logLikelihoodParetoNbd,
  probabilityAliveParetoNbd,
  expectedPurchasesParetoNbd,
  fitGammaGamma,
  logLikelihoodGammaGamma,
  expectedValue,
  populationMeanValue,
  discountedLifetimeValue,
  checkReadiness,
  usualNeeds,
  findHistoryProblem,
  findSpendProblem,
  logGamma,
  logBeta,
  gaussHypergeometric,
  logGaussHypergeometric,
  minimize,
});
