<#-- Says something and offers one next step, as a button that cannot be missed. -->
<#import "template.ftl" as layout>
<#macro step address text>
    <p><a class="${properties.kcButtonPrimaryClass!} ${properties.kcButtonBlockClass!}" id="aikom-step" href="${address}">${text}</a></p>
</#macro>
<@layout.registrationLayout displayMessage=false; section>
    <#if section = "header">
        <#if messageHeader??>${msg("${messageHeader}")}<#else>${msg("aikomNotice")}</#if>
    <#elseif section = "form">
        <div id="kc-info-message">
            <p class="instruction">${message.summary}<#if requiredActions??><#list requiredActions>: <b><#items as action>${msg("requiredAction.${action}")}<#sep>, </#items></b></#list></#if></p>
            <#if !skipLink??>
                <#if pageRedirectUri?has_content>
                    <@step address=pageRedirectUri text=msg("backToApplication")/>
                <#elseif actionUri?has_content>
                    <@step address=actionUri text=msg("proceedWithAction")/>
                <#elseif (client.baseUrl)?has_content>
                    <@step address=client.baseUrl text=msg("backToApplication")/>
                </#if>
            </#if>
        </div>
    </#if>
</@layout.registrationLayout>
