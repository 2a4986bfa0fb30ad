<#-- Connect an authenticator: three steps in plain words, and every field with a label that belongs to it. -->
<#import "template.ftl" as layout>
<#import "field.ftl" as field>
<#import "password-commons.ftl" as passwordCommons>
<#assign manual = (mode!"") == "manual">
<#macro named id text autocomplete required numeric=false>
    <@field.group name=id label=text error=messagesPerField.get(id) required=required>
        <span class="${properties.kcInputClass!}">
            <input type="text" id="${id}" name="${id}" autocomplete="${autocomplete}"<#if numeric> inputmode="numeric"</#if><#if required> required</#if><#if messagesPerField.existsError(id)> aria-invalid="true" aria-describedby="input-error-${id}"</#if>>
        </span>
    </@field.group>
</#macro>
<@layout.registrationLayout displayMessage=!messagesPerField.existsError('totp', 'userLabel'); section>
    <#if section = "header">
        ${msg("loginTotpTitle")}
    <#elseif section = "form">
        <ol class="aikom-steps" id="kc-totp-settings">
            <li>${msg("aikomAuthenticatorApp")} <#list totp.supportedApplications as app>${msg(app)}<#sep>, </#list></li>
            <li>
                <#if manual>
                    ${msg("aikomAuthenticatorType")}
                    <strong class="aikom-secret" id="kc-totp-secret-key" translate="no">${totp.totpSecretEncoded}</strong>
                    <a href="${totp.qrUrl}" id="mode-barcode">${msg("aikomAuthenticatorScanInstead")}</a>
                <#else>
                    ${msg("aikomAuthenticatorScan")}
                    <img class="aikom-code" id="kc-totp-secret-qr-code" src="data:image/png;base64, ${totp.totpSecretQrCode}" alt="${msg("aikomAuthenticatorCode")}">
                    <a href="${totp.manualUrl}" id="mode-manual">${msg("aikomAuthenticatorTypeInstead")}</a>
                </#if>
            </li>
            <li>${msg("aikomAuthenticatorEnter")}</li>
        </ol>
        <form action="${url.loginAction}" class="${properties.kcFormClass!}" id="kc-totp-settings-form" method="post" novalidate="novalidate">
            <@named id="totp" text=msg("authenticatorCode") autocomplete="one-time-code" required=true numeric=true/>
            <@named id="userLabel" text=msg("aikomAuthenticatorName") autocomplete="off" required=(totp.otpCredentials?size gte 1)/>
            <input type="hidden" id="totpSecret" name="totpSecret" value="${totp.totpSecret}">
            <#if mode??><input type="hidden" id="mode" name="mode" value="${mode}"></#if>
            <@passwordCommons.logoutOtherSessions/>
            <button type="submit" class="${properties.kcButtonClass!} ${properties.kcButtonPrimaryClass!} ${properties.kcButtonBlockClass!}" id="saveTOTPBtn">${msg("aikomAuthenticatorDone")}</button>
            <#if isAppInitiatedAction??>
                <button type="submit" class="${properties.kcButtonClass!} ${properties.kcButtonSecondaryClass!} ${properties.kcButtonBlockClass!}" id="cancelTOTPBtn" name="cancel-aia" value="true">${msg("doCancel")}</button>
            </#if>
        </form>
    </#if>
</@layout.registrationLayout>
